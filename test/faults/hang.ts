import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { until } from '../support/until.ts';
import { startOwnControlPlane, waitForWrites } from './support/cluster.ts';
import { converged } from './support/drill.ts';
import { openSite } from './support/site.ts';
import { startStack } from './support/stack.ts';

/** The API server stands still for two minutes under readers, and goes on: what is answered meanwhile, and how soon all is well. */

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' } } });
const seconds = Number(values.seconds);
const READS_PER_SECOND = 200;
const MACHINES = 50;
const WITHIN_MS = 10_000;

const cluster = await startOwnControlPlane();
const site = await openSite(cluster);
const { namespace } = site.world;
const names = Array.from({ length: MACHINES }, (_, index) => `machine-${index}`);
await Promise.all(names.map((name) => site.world.make(name)));
const stack = await startStack({ kubeconfig: cluster.kubeconfig, env: { CLUSTER_TIMEOUT_SECONDS: '15' } });
const agent = new Agent({ connections: 64 });
const machines = `${stack.url}/api/v1/devmachines`;
const query = (name = names[0]) => `namespace=${namespace}&name=${name}`;

let stoppedAt = Number.POSITIVE_INFINITY;
const reads = { all: 0, failed: 0, staleSince: 0 };
/** By how much an answer was older than it said. */
let understatedMs = Number.NEGATIVE_INFINITY;
let longestReadMs = 0;
let oldestAge = 0;

async function read(name: string | undefined): Promise<number> {
  const asked = performance.now();
  const { statusCode, headers, body } = await request(`${machines}/status?${query(name)}`, {
    dispatcher: agent,
  });
  const text = await body.text();
  const age = Number(headers['age']);
  reads.all++;
  if (statusCode !== 200) reads.failed++;
  if (text.includes('"staleSince"')) reads.staleSince++;
  if (asked > stoppedAt) understatedMs = Math.max(understatedMs, asked - stoppedAt - age * 1_000);
  oldestAge = Math.max(oldestAge, age);
  longestReadMs = Math.max(longestReadMs, performance.now() - asked);
  return age;
}

async function write(): Promise<{ status: number; ms: number }> {
  const asked = performance.now();
  const options = { method: 'POST', dispatcher: agent } as const;
  const { statusCode, body } = await request(`${machines}/restart?${query()}`, options);
  await body.dump();
  return { status: statusCode, ms: Math.round(performance.now() - asked) };
}

try {
  await converged(stack, site, WITHIN_MS);
  await until('an Age below 3 s', async () => (await read(names[0])) < 3);
  const pending = new Set<Promise<unknown>>();
  let count = 0;
  const reading = setInterval(() => {
    const one = read(names[count++ % MACHINES]).catch(() => reads.failed++);
    pending.add(one);
    one.finally(() => pending.delete(one));
  }, 1_000 / READS_PER_SECOND);
  await sleep(3_000);

  await cluster.apiserver.kill('SIGSTOP');
  stoppedAt = performance.now();
  const writes: string[] = [];
  while (performance.now() - stoppedAt < seconds * 1_000) {
    const { status, ms } = await write();
    writes.push(`${status} after ${ms} ms`);
    await sleep(1_000);
  }
  await cluster.apiserver.kill('SIGCONT');
  const resumed = performance.now();
  stoppedAt = Number.POSITIVE_INFINITY;
  const since = () => Math.round(performance.now() - resumed);
  const [fresh, written, equal] = await Promise.all([
    until('an Age below 5 s', async () => (await read(names[0])) < 5).then(since),
    until('a write to succeed', async () => (await write()).status < 300).then(since),
    waitForWrites(() => site.world.change('machine-1'))
      .then(() => converged(stack, site, WITHIN_MS, resumed))
      .then(since),
  ]);
  clearInterval(reading);
  await Promise.all(pending);
  console.table({
    'stood still, s': seconds,
    reads: reads.all,
    'failed reads': reads.failed,
    'reads with staleSince': reads.staleSince,
    'longest read, ms': Math.round(longestReadMs),
    'oldest Age, s': oldestAge,
    'most that an Age was too small, ms': Math.round(understatedMs),
    'first writes': writes.slice(0, 4).join(', '),
    'other writes': [...new Set(writes.slice(4).map((text) => text.slice(0, 3)))].join(', '),
    'slowest of them, ms': Math.max(...writes.slice(4).map((text) => Number(text.split(' ')[2]))),
    'afterwards: Age below 5 s after ms': fresh,
    'a write works after ms': written,
    'the cache equals the cluster after ms': equal,
  });
  assert.equal(reads.failed, 0);
  // Age is in whole seconds, rounded down.
  assert.ok(understatedMs <= 1_000, `an answer was ${understatedMs} ms older than it said`);
  assert.ok(Math.max(fresh, written, equal) < WITHIN_MS);
} finally {
  await agent.destroy();
  await stack.stop();
  await site.close();
  await cluster.remove();
}
