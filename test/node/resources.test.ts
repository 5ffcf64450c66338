import assert from 'node:assert/strict';
import { test } from 'node:test';
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
