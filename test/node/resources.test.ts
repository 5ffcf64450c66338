import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '../support/until.ts';
import { SERVES } from './failures/failure.ts';
import { machineOf } from './support/machines.ts';

/** What a machine has of its node. */

const SMALL = { cpu: '300m', memory: '1Gi', template: 'vscode-cpu' };

test('/dev/shm is as large as the memory, and the user can write to it', async (t) => {
  const machine = await machineOf(t);
  await machine.create({ ...SMALL, memory: '1536Mi' });
  await machine.running();
  const size = await machine.exec('df --block-size=1M --output=fstype,size /dev/shm | tail -1');
  assert.deepEqual(size.trim().split(/\s+/), ['tmpfs', '1536']);
  const script = 'dd if=/dev/zero of=/dev/shm/file bs=1M count=100 status=none && stat -c %s /dev/shm/file';
  assert.equal(await machine.exec(script), `${100 * 1024 * 1024}\n`);
});

test('a machine without a GPU tells the container runtime so', async (t) => {
  const machine = await machineOf(t);
  await machine.create(SMALL);
  await machine.running();
  assert.equal(await machine.exec('echo $NVIDIA_VISIBLE_DEVICES'), 'void\n');
});

test('a machine that writes more than its room starts anew, and says why', async (t) => {
  const machine = await machineOf(t);
  await machine.create({ ...SERVES, ephemeralStorage: '64Mi', storage: { size: '64Mi' } });
  await machine.running();
  await machine.exec('echo kept > "$HOME/file"; dd if=/dev/zero of=/tmp/file bs=1M count=100');
  // The kubelet measures the folders of its pods from time to time.
  const isEvicted = async () => {
    const status = await machine.status();
    return status.reason === 'EphemeralStorageExceeded' && status;
  };
  const { phase, message } = await waitFor('the eviction', isEvicted, { timeoutMs: 180_000 });
  assert.equal(phase, 'Starting');
  assert.match(message, /exceeds the total limit of containers 64Mi|storage limit "64Mi"/);
  const restarted = await machine.running();
  assert.match(restarted.message, /previous pod was evicted at .*64Mi/);
  assert.equal(await machine.exec('test -e /tmp/file || cat "$HOME/file"'), 'kept\n');
});
