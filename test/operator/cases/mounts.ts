import assert from 'node:assert/strict';
import { type Manifest, ofKind, only, podOf } from '../helm.ts';
import { at, type Case, CSI, DRIVER, JUPYTER, mount, mounted, PLAIN, S3, VSCODE } from './case.ts';

/** The mounts. */
export const MOUNTS: readonly Case[] = [
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
  {
    name: 'mount: csi, with the settings of the driver and a handle of its own',
    spec: {
      ...VSCODE,
      mounts: ['a', 'b'].map((name) => ({
        ...{ name, type: 'csi', mountPath: `/mnt/${name}` },
        csi: { driver: 'hfps.csi.example.com', path: '/data/x', secretName: 'keys' },
      })),
    },
    admin: CSI,
    check: (list) => {
      const volumes = ofKind(list, 'PersistentVolume');
      const secret = { name: 'keys', namespace: 'team' };
      for (const { metadata, spec } of volumes) {
        assert.deepEqual(spec.mountOptions, ['subdir=/data/x', 'noatime']);
        assert.deepEqual(spec.csi, {
          driver: 'hfps.csi.example.com',
          volumeHandle: `hfps#${metadata.name}`,
          volumeAttributes: { root: '/team/data/x', retries: '3', cached: 'true' },
          nodeStageSecretRef: secret,
          nodePublishSecretRef: secret,
        });
        assert.equal(spec.persistentVolumeReclaimPolicy, 'Retain');
      }
      assert.equal(new Set(volumes.map(({ spec }) => spec.csi.volumeHandle)).size, 2);
      const claims = ['a', 'b'].map((name) => at(list, `/mnt/${name}`).persistentVolumeClaim.claimName);
      const names = ofKind(list, 'PersistentVolumeClaim').map(({ metadata }) => metadata.name);
      assert.deepEqual(claims.sort(), names.sort());
    },
  },
  {
    name: 'mount: csi, read-only, with a driver without settings',
    spec: { ...PLAIN, ...mount('csi', { driver: 'plain.csi.example.com', path: '/' }, { readOnly: true }) },
    admin: CSI,
    check: (list) => {
      const { metadata, spec } = only(list, 'PersistentVolume');
      assert.deepEqual(spec.csi, { driver: 'plain.csi.example.com', volumeHandle: metadata.name });
      assert.equal(spec.mountOptions, undefined);
      assert.equal(mounted(list, '/mnt/x').readOnly, true);
    },
  },
  {
    name: 'mount: csi, of a stopped machine whose driver is not offered, has no volume',
    spec: { ...VSCODE, stopped: true, ...mount('csi', { driver: 'other.csi.example.com', path: '/' }) },
    admin: CSI,
    check: (list) => {
      assert.deepEqual(ofKind(list, 'PersistentVolume'), []);
      assert.deepEqual(ofKind(list, 'PersistentVolumeClaim'), []);
    },
  },
];
