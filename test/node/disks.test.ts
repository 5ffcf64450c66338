import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitFor } from '../support/workloads.ts';
import { kubectl, nodeFolder } from './support/cluster.ts';
import { apply, exec, namespaceOf } from './support/pods.ts';

/** The disks of the real node (dev/node/disks/). */

const DISK = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'disk' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } },
};

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'user' },
  spec: {
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsUser: 1000, fsGroup: 1000 },
    containers: [
      {
        name: 'user',
        image: 'docker.io/library/busybox:1.37',
        command: ['sleep', '1000'],
        volumeMounts: [{ name: 'disk', mountPath: '/disk' }],
      },
    ],
    volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'disk' } }],
  },
};

const images = (): string[] =>
  readdirSync(join(nodeFolder(), 'disks')).filter((file) => file.endsWith('.img'));

test('a disk has the size of its claim, and is deleted with it', async (t) => {
  const namespace = await namespaceOf(t);
  const before = images();
  await apply(namespace, DISK, POD);
  await kubectl('-n', namespace, 'wait', '--for=condition=Ready', 'pod/user', '--timeout=60s');
  const blocks = async () => Number((await exec(namespace, 'user', 'df -k /disk | tail -1')).split(/\s+/)[1]);
  const first = await blocks();
  assert.ok(first > 40 * 1024 && first <= 64 * 1024, `${first} KiB`);
  assert.equal(await exec(namespace, 'user', 'ls -A /disk'), '');
  const full = exec(namespace, 'user', 'dd if=/dev/zero of=/disk/file bs=1M count=70');
  await assert.rejects(full, /No space left on device/);

  await kubectl('-n', namespace, 'delete', 'pod/user', 'pvc/disk');
  await waitFor('the deletion of the disk', async () => images().length === before.length);
});
