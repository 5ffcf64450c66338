import assert from 'node:assert/strict';
import { type Manifest, machineOf, NAME, only, podOf } from '../helm.ts';
import { annotationsOf, at, type Case, JUPYTER, mounted, PLAIN, VSCODE, variable } from './case.ts';

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
      assert.deepEqual(annotationsOf(claim), {
        'helm.sh/resource-policy': 'keep',
        'ide.example.com/fs-group': '1000',
        'ide.example.com/seed-home': 'true',
      });
      assert.deepEqual(claim.spec, {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '50Gi' } },
      });
      assert.deepEqual(annotationsOf(only(list, 'Secret')), { 'helm.sh/resource-policy': 'keep' });
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
      assert.deepEqual(annotationsOf(only(list, 'PersistentVolumeClaim')), {
        'ide.example.com/fs-group': '1000',
        'ide.example.com/seed-home': 'true',
      });
      assert.deepEqual(annotationsOf(only(list, 'Secret')), {});
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
];
