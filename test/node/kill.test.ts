import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cgroupFolders } from '../../dev/node/cgroups.ts';
import { cgroupOf } from '../../dev/node/node.ts';
import { freePort } from '../../dev/ports.ts';
import { runCommand } from '../../dev/run-command.ts';
import { DEV, runNode, temporaryFolder } from '../dev/support/processes.ts';
import { seededRandom } from '../support/random.ts';
import { until } from '../support/until.ts';

/** `npm run dev -- --real-node` is killed at random moments. */

const ROUNDS = 10;
const dev = fileURLToPath(new URL('dev.ts', DEV));
/** About as long as a start takes, and as the start of a machine takes after it. */
const LONGEST_MS = 10_000;
const SEED = 2026;
const END = { timeoutMs: 10_000 };

test(`kill -9 of npm run dev at ${ROUNDS} random moments leaves nothing, and the next start works`, async (t) => {
  const random = seededRandom(SEED);
  const stateDir = await temporaryFolder(t);
  const [port, ingressPort] = [String(await freePort()), String(await freePort())];
  const env = { PORT: port, INGRESS_PORT: ingressPort, DEVMACHINE_STATE_DIR: stateDir, NO_COLOR: '1' };
  const devices = Object.keys(networkInterfaces()).toSorted();
  for (let round = 1; round <= ROUNDS; round++) {
    const run = runNode(t, [dev, '--real-node'], env);
    // Every other kill comes after the start, when there are containers.
    const isAfterStart = round % 2 === 0;
    if (isAfterStart) {
      await run.says(/Press Ctrl-C to stop/);
      if (round === 2) await createMachine(port);
    }
    await sleep(random() * LONGEST_MS);
    const containers = processesOf('containerd-shim').length;
    const name = `round ${round}: ${isAfterStart ? `${containers} pods` : run.output().trim().split('\n').at(-1)}`;
    run.child.kill('SIGKILL');
    assert.equal(await run.ended, 'SIGKILL', run.output());
    assert.deepEqual(await remains(stateDir), [], name);
    assert.deepEqual(Object.keys(networkInterfaces()).toSorted(), devices, name);
    t.diagnostic(name);
  }
  const last = runNode(t, [dev, '--real-node'], env);
  await last.says(/Press Ctrl-C to stop/);
  last.child.kill('SIGINT');
  assert.equal(await last.ended, 0, last.output());
  assert.deepEqual(await remains(stateDir), []);
  assert.deepEqual(cgroupFolders(cgroupOf(stateDir)), []);
});

/** Creates a machine that is there at each later start. */
async function createMachine(port: string): Promise<void> {
  const url = `http://localhost:${port}/api/v1/devmachines?namespace=taskmodeling-public-prod`;
  const spec = {
    cpu: '50m',
    memory: '64Mi',
    template: 'jupyter-cpu',
    command: ['sleep', 'infinity'],
    storage: { size: '64Mi' },
  };
  const machine = {
    apiVersion: 'ide.example.com/v1alpha1',
    kind: 'DevMachine',
    metadata: { name: 'my-machine' },
    spec,
  };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(machine) });
  assert.equal(response.status, 201, await response.text());
}

/** What is still there of the processes, mounts and loop devices of the folder, after the time that they may take to end. */
async function remains(folder: string): Promise<string[]> {
  const present = async () => [
    ...processesOf(folder).map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')),
    ...(await traces(folder)),
  ];
  await until('the end', async () => (await present()).length === 0, END).catch(() => undefined);
  return present();
}

/** The processes that name the folder in their command or their environment. */
function processesOf(folder: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) =>
    ['cmdline', 'environ'].some((file) => read(`/proc/${pid}/${file}`).includes(folder)),
  );
}

/** The mounts and loop devices of the folder. */
async function traces(folder: string): Promise<string[]> {
  const lines = [
    ...read('/proc/self/mounts').split('\n'),
    ...(await runCommand('losetup', ['--list'])).split('\n'),
  ];
  return lines.filter((line) => line.includes(folder));
}

/** Empty if there is no such file, or no longer such a process. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
