import assert from 'node:assert/strict';
import { type Manifest, podOf } from '../helm.ts';
import { at, type Case, JUPYTER, mount, NO_ROOM, PLAIN, S3, VSCODE, volume } from './case.ts';

/** What each container requests of the room on the node's disk, and its limit. */
const rooms = (list: Manifest[]) => {
  const { initContainers = [], containers } = podOf(list);
  return Object.fromEntries(
    [...initContainers, ...containers].map(({ name, resources: { requests, limits } }: Manifest) => [
      name,
      [requests['ephemeral-storage'], limits['ephemeral-storage']],
    ]),
  );
};

const COPY = mount('s3', S3);

/** The room on the node's disk, and shared memory. */
export const ROOM: readonly Case[] = [
  {
    name: "room: the administrator's default, for init containers too",
    spec: VSCODE,
    check: (list) => {
      const amounts = ['1Gi', '20Gi'];
      assert.deepEqual(rooms(list), { ide: amounts, user: amounts, machine: amounts });
    },
  },
  {
    name: "room: the machine's own, which is reserved",
    spec: { ...JUPYTER, ephemeralStorage: '50Gi' },
    check: (list) => {
      assert.deepEqual(rooms(list), { machine: ['50Gi', '50Gi'] });
      assert.deepEqual(at(list, '/home/jovyan').emptyDir, { sizeLimit: '50Gi' });
    },
  },
  {
    name: 'room: no bounds',
    spec: { ...VSCODE, ...COPY },
    admin: NO_ROOM,
    check: (list) => {
      for (const amounts of Object.values(rooms(list))) assert.deepEqual(amounts, [undefined, undefined]);
      for (const path of ['/home/coder', '/mnt/x']) assert.deepEqual(at(list, path).emptyDir, {});
    },
  },
  {
    name: "room: the machine's own, without a default",
    spec: { ...PLAIN, ephemeralStorage: '2Gi' },
    admin: NO_ROOM,
    check: (list) => assert.deepEqual(rooms(list), { machine: ['2Gi', '2Gi'] }),
  },
  {
    name: 'room: a limit below the request',
    spec: PLAIN,
    admin: { ephemeralStorageLimit: '500M' },
    check: (list) => assert.deepEqual(rooms(list), { machine: ['500M', '500M'] }),
  },
  {
    name: 'room: a limit without a request',
    spec: PLAIN,
    admin: { ephemeralStorageRequest: '0' },
    check: (list) => assert.deepEqual(rooms(list), { machine: ['0', '20Gi'] }),
  },
  {
    name: 'room: a request without a limit',
    spec: PLAIN,
    admin: { ephemeralStorageLimit: '0' },
    check: (list) => assert.deepEqual(rooms(list), { machine: ['1Gi', undefined] }),
  },
  {
    name: 'room: the copy of a bucket can fill it, and its sidecar adds little',
    spec: { ...JUPYTER, ...COPY, ephemeralStorage: '100Gi' },
    check: (list) => {
      assert.deepEqual(at(list, '/mnt/x').emptyDir, { sizeLimit: '100Gi' });
      assert.deepEqual(rooms(list), {
        machine: ['100Gi', '100Gi'],
        's3-fetch-0': ['100Gi', '100Gi'],
        's3-write-back-0': ['64Mi', '256Mi'],
      });
    },
  },
  ...[VSCODE, JUPYTER, PLAIN].map((spec) => ({
    name: `shared memory has the size of the memory ${JSON.stringify(spec)}`,
    spec,
    check: (list: Manifest[]) =>
      assert.deepEqual(at(list, '/dev/shm').emptyDir, { medium: 'Memory', sizeLimit: spec.memory }),
  })),
  {
    name: 'a mount instead of the shared memory',
    spec: { ...PLAIN, ...mount('pvc', { claimName: 'c' }, { mountPath: '/dev/shm' }) },
    check: (list) => {
      assert.equal(at(list, '/dev/shm').persistentVolumeClaim.claimName, 'c');
      assert.equal(volume(list, 'shared-memory'), undefined);
    },
  },
];
