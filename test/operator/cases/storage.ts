import assert from 'node:assert/strict';
import { type Manifest, machineOf, NAME, ofKind, only, podOf } from '../helm.ts';
import { at, type Case, DRIVER, JUPYTER, mount, mounted, PLAIN, S3, VSCODE, variable } from './case.ts';

/** The disk and the mounts. */
export const STORAGE: readonly Case[] = [
  {
    name: 'the home of a template without a disk is an emptyDir',
    spec: VSCODE,
    check: (list) => assert.deepEqual(at(list, '/home/coder').emptyDir, { sizeLimit: '20Gi' }),
  },
  {
    name: 'a mount at the home directory',
    spec: {
      ...VSCODE,
      mounts: [{ name: 'h', type: 'pvc', mountPath: '/home/coder', pvc: { claimName: 'c' } }],
    },
    check: (list) => assert.equal(at(list, '/home/coder').persistentVolumeClaim.claimName, 'c'),
  },
  {
    name: 'disk: the disk and the password are kept by default',
    spec: { ...VSCODE, storage: { size: '50Gi' } },
    check: (list) => {
      const claim = only(list, 'PersistentVolumeClaim');
      assert.equal(claim.metadata.name, `${NAME}-disk`);
      assert.deepEqual(claim.metadata.annotations, {
        'helm.sh/resource-policy': 'keep',
        'ide.example.com/fs-group': '1000',
      });
      assert.deepEqual(claim.spec, {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '50Gi' } },
      });
      assert.deepEqual(only(list, 'Secret').metadata.annotations, { 'helm.sh/resource-policy': 'keep' });
      assert.equal(at(list, '/home/coder').persistentVolumeClaim.claimName, `${NAME}-disk`);
    },
  },
  ...[VSCODE, JUPYTER, PLAIN].flatMap((spec) =>
    [{}, { storage: { size: '1Gi' } }].map((more) => ({
      name: `the same group for the volumes of all templates ${JSON.stringify({ ...spec, ...more })}`,
      spec: { ...spec, ...more },
      check: (list: Manifest[]) => assert.equal(podOf(list).securityContext.fsGroup, 1000),
    })),
  ),
  {
    name: 'disk: retention Delete',
    spec: { ...VSCODE, storage: { size: '1Gi', retention: 'Delete' } },
    check: (list) => {
      assert.deepEqual(only(list, 'PersistentVolumeClaim').metadata.annotations, {
        'ide.example.com/fs-group': '1000',
      });
      assert.equal(only(list, 'Secret').metadata.annotations, undefined);
    },
  },
  {
    name: 'disk: class, access mode and path, with HOME on the disk',
    spec: {
      ...JUPYTER,
      storage: { size: '1Ti', storageClassName: 'fast', accessMode: 'ReadWriteMany', mountPath: '/home/me' },
    },
    check: (list) => {
      const { spec } = only(list, 'PersistentVolumeClaim');
      assert.deepEqual([spec.storageClassName, spec.accessModes], ['fast', ['ReadWriteMany']]);
      assert.equal(variable(list, 'HOME').value, '/home/me');
      assert.ok(machineOf(list).command.includes('--ServerApp.root_dir=/home/me'));
      assert.ok(mounted(list, '/home/me'));
    },
  },
  {
    name: 'disk of a machine without a template',
    spec: { ...PLAIN, storage: { size: '1Gi' } },
    check: (list) => {
      assert.ok(mounted(list, '/workspace'));
      assert.equal(variable(list, 'HOME'), undefined);
    },
  },
  {
    name: "the user's HOME takes precedence",
    spec: { ...VSCODE, env: [{ name: 'HOME', value: '/tmp' }] },
    check: (list) => {
      const homes = machineOf(list).env.filter((entry: Manifest) => entry.name === 'HOME');
      assert.deepEqual(homes, [{ name: 'HOME', value: '/tmp' }]);
    },
  },
  {
    name: 'mount: nfs, through a volume that is reserved for its PVC',
    spec: { ...VSCODE, ...mount('nfs', { server: 'nfs.example.com', path: '/export' }) },
    check: (list) => {
      const persistent = only(list, 'PersistentVolume');
      assert.deepEqual(persistent.spec.nfs, { server: 'nfs.example.com', path: '/export' });
      const claim = only(list, 'PersistentVolumeClaim');
      assert.equal(claim.spec.volumeName, persistent.metadata.name);
      assert.deepEqual(persistent.spec.claimRef.name, claim.metadata.name);
      assert.equal(at(list, '/mnt/x').persistentVolumeClaim.claimName, claim.metadata.name);
    },
  },
  {
    name: 'mount: pvc, read-only',
    spec: { ...VSCODE, ...mount('pvc', { claimName: 'shared' }, { readOnly: true }) },
    check: (list) => {
      assert.equal(at(list, '/mnt/x').persistentVolumeClaim.claimName, 'shared');
      assert.equal(mounted(list, '/mnt/x').readOnly, true);
    },
  },
  {
    name: 'mount: secret',
    spec: { ...VSCODE, ...mount('secret', { name: 'keys' }) },
    check: (list) => {
      assert.deepEqual(at(list, '/mnt/x').secret, { secretName: 'keys' });
      assert.equal(mounted(list, '/mnt/x').readOnly, true);
    },
  },
  {
    name: 'mount: configMap',
    spec: { ...PLAIN, ...mount('configMap', { name: 'settings' }) },
    check: (list) => assert.deepEqual(at(list, '/mnt/x').configMap, { name: 'settings' }),
  },
  {
    name: 's3 without a driver: downloaded and written back',
    spec: { ...VSCODE, ...mount('s3', S3) },
    check: (list) => {
      const [, , fetch, back] = podOf(list).initContainers;
      assert.deepEqual([fetch.name, fetch.restartPolicy], ['s3-fetch-0', undefined]);
      assert.deepEqual([back.name, back.restartPolicy], ['s3-write-back-0', 'Always']);
      const values = new Map(back.env.map((entry: Manifest) => [entry.name, entry.value ?? entry.valueFrom]));
      assert.equal(values.get('BUCKET'), 'bucket:data/a/b');
      assert.equal(values.get('RCLONE_CONFIG_BUCKET_ENDPOINT'), 'https://s3.example.com');
      assert.deepEqual(values.get('RCLONE_CONFIG_BUCKET_SECRET_ACCESS_KEY'), {
        secretKeyRef: { name: 'keys', key: 'secretAccessKey' },
      });
      assert.ok(podOf(list).terminationGracePeriodSeconds >= 300);
      assert.deepEqual(ofKind(list, 'PersistentVolume'), []);
    },
  },
  {
    name: 's3 without a driver, read-only: only downloaded',
    spec: { ...JUPYTER, ...mount('s3', { bucket: 'data' }, { readOnly: true }) },
    admin: {
      s3Endpoint: 'https://minio.example.com',
      s3Region: 'eu',
      s3Image: 'registry.example.com/rclone:1',
    },
    check: (list) => {
      const names = podOf(list).initContainers.map((container: Manifest) => container.name);
      assert.deepEqual(names, ['s3-fetch-0']);
      assert.equal(podOf(list).initContainers[0].image, 'registry.example.com/rclone:1');
      assert.match(JSON.stringify(podOf(list).initContainers), /minio\.example\.com.*"eu"/);
      assert.equal(podOf(list).terminationGracePeriodSeconds, 30);
    },
  },
  {
    name: 's3 with a driver',
    spec: { ...VSCODE, ...mount('s3', S3) },
    admin: DRIVER,
    check: (list) => {
      const { spec, metadata } = only(list, 'PersistentVolume');
      assert.deepEqual(spec.mountOptions, ['prefix a/b/', 'region r1', 'allow-other']);
      assert.deepEqual(spec.csi.volumeAttributes, {
        bucketName: 'data',
        note: 'r1, https://s3.example.com',
      });
      assert.deepEqual(spec.csi.nodePublishSecretRef, { name: 'keys', namespace: 'team' });
      assert.equal(spec.csi.volumeHandle, metadata.name);
      assert.deepEqual(
        podOf(list).initContainers.map(({ name }: Manifest) => name),
        ['ide', 'user'],
      );
    },
  },
  {
    name: 's3 with a driver: options without a value are omitted',
    spec: { ...VSCODE, ...mount('s3', { bucket: 'data' }) },
    admin: { ...DRIVER, s3VolumeHandle: '{bucket}' },
    check: (list) => {
      const { spec } = only(list, 'PersistentVolume');
      assert.deepEqual(spec.mountOptions, ['allow-other']);
      assert.deepEqual(spec.csi, {
        driver: 's3.csi.example.com',
        volumeHandle: 'data',
        volumeAttributes: { bucketName: 'data' },
      });
    },
  },
];
