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
/** About as long as a start takes. */
const LONGEST_MS = 15_000;
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
    await sleep(random() * LONGEST_MS);
    const name = `round ${round}: ${run.output().trim().split('\n').at(-1)}`;
    run.child.kill('SIGKILL');
    assert.equal(await run.ended, 'SIGKILL', run.output());
    await until(`${name}: the end of all processes`, () => processesOf(stateDir).length === 0, END);
    assert.deepEqual(await traces(stateDir), [], name);
    assert.deepEqual(Object.keys(networkInterfaces()).toSorted(), devices, name);
    t.diagnostic(name);
  }
  const last = runNode(t, [dev, '--real-node'], env);
  await last.says(/Press Ctrl-C to stop/);
  last.child.kill('SIGINT');
  assert.equal(await last.ended, 0, last.output());
  assert.deepEqual(processesOf(stateDir), []);
  assert.deepEqual(await traces(stateDir), []);
  assert.deepEqual(cgroupFolders(cgroupOf(stateDir)), []);
});

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
