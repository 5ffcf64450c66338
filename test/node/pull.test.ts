import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findImages } from '../../dev/images/images.ts';
import { runCommand } from '../../dev/run-command.ts';
import { atEnd, temporaryFolder } from '../dev/support/processes.ts';
import { waitFor } from '../support/workloads.ts';
import { nodeUnderTest } from './support/cluster.ts';
import { machineOf } from './support/machines.ts';

/** Images that a registry changes under their tag. */

test('with imagePullPolicy Always, a tag that has moved arrives with a restart', async (t) => {
  const registry = await startRegistry(t, 'one');
  const machine = await machineOf(t);
  await machine.create({
    cpu: '100m',
    memory: '64Mi',
    image: `127.0.0.1:${registry.port}/tool:moving`,
    imagePullPolicy: 'Always',
    command: ['sleep', 'infinity'],
  });
  await machine.running();
  const version = () => machine.exec('echo $VERSION').catch(() => undefined);
  assert.equal(await version(), 'one\n');
  await registry.move('two');
  await machine.power('restart');
  await waitFor('a container of the new image', async () => (await version()) === 'two\n');
});

/** Starts a registry in the network of the node: containerd speaks HTTP with a registry on its loopback interface. */
async function startRegistry(t: TestContext, version: string) {
  const folder = await temporaryFolder(t);
  const [image] = await findImages(['busybox']);
  await runCommand('tar', ['-C', folder, '-xf', image?.archive ?? '']);
  const move = (next: string) => writeFile(join(folder, 'version'), next);
  await move(version);
  const node = ['--target', String(nodeUnderTest().nodePid), '--net', '--', process.execPath];
  const child = spawn('nsenter', [...node, join(import.meta.dirname, 'support/registry.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atEnd(t, () => child.kill('SIGKILL'));
  const [output] = await once(child.stdout, 'data');
  return { port: Number(output), move };
}
