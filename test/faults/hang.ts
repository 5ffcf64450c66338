import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { until } from '../support/until.ts';
import { startBackend } from './support/backend.ts';
import { retryWrite, startDedicatedControlPlane } from './support/dedicated-control-plane.ts';
import { openEnvironment } from './support/environment.ts';
import { converged } from './support/scenario.ts';

/** Suspends the API server for two minutes under reads. Measures the responses meanwhile, and the recovery. */

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' } } });
const seconds = Number(values.seconds);
const READS_PER_SECOND = 200;
const MACHINES = 50;
const WITHIN_MS = 10_000;

const controlPlane = await startDedicatedControlPlane();
const environment = await openEnvironment(controlPlane);
const { namespace, writer } = environment;
const names = Array.from({ length: MACHINES }, (_, index) => `machine-${index}`);
await Promise.all(names.map((name) => writer.createMachine(name)));
const backend = await startBackend({
  kubeconfig: controlPlane.kubeconfig,
  env: { CLUSTER_TIMEOUT_SECONDS: '15' },
});
const dispatcher = new Agent({ connections: 64 });
const machines = `${backend.url}/api/v1/devmachines`;
const query = (name = names[0]) => `namespace=${namespace}&name=${name}`;

let suspendedAt = Number.POSITIVE_INFINITY;
const reads = { total: 0, failed: 0, staleSince: 0 };
/** The most by which Age was below the time since the suspension. */
let understatedMs = Number.NEGATIVE_INFINITY;
let longestReadMs = 0;
let maxAge = 0;

async function read(name: string | undefined): Promise<number> {
  const sentAt = performance.now();
  const { statusCode, headers, body } = await request(`${machines}/status?${query(name)}`, { dispatcher });
  const text = await body.text();
  const age = Number(headers['age']);
  reads.total++;
  if (statusCode !== 200) reads.failed++;
  if (text.includes('"staleSince"')) reads.staleSince++;
  if (sentAt > suspendedAt) understatedMs = Math.max(understatedMs, sentAt - suspendedAt - age * 1_000);
  maxAge = Math.max(maxAge, age);
  longestReadMs = Math.max(longestReadMs, performance.now() - sentAt);
  return age;
}

async function write(): Promise<{ status: number; ms: number }> {
  const sentAt = performance.now();
  const { statusCode, body } = await request(`${machines}/restart?${query()}`, {
    method: 'POST',
    dispatcher,
  });
  await body.dump();
  return { status: statusCode, ms: Math.round(performance.now() - sentAt) };
}

try {
  await converged(backend, environment, WITHIN_MS);
  await until('an Age below 3 s', async () => (await read(names[0])) < 3);
  const pending = new Set<Promise<unknown>>();
  let count = 0;
  const reading = setInterval(() => {
    const one = read(names[count++ % MACHINES]).catch(() => reads.failed++);
    pending.add(one);
    one.finally(() => pending.delete(one));
  }, 1_000 / READS_PER_SECOND);
  await until('reads to be under load', () => reads.total > 3 * READS_PER_SECOND);

  await controlPlane.apiserver.kill('SIGSTOP');
  suspendedAt = performance.now();
  const writes: { status: number; ms: number }[] = [];
  while (performance.now() - suspendedAt < seconds * 1_000) {
    writes.push(await write());
    await sleep(1_000);
  }
  await controlPlane.apiserver.kill('SIGCONT');
  const resumedAt = performance.now();
  suspendedAt = Number.POSITIVE_INFINITY;
  const elapsedMs = () => Math.round(performance.now() - resumedAt);
  const [freshMs, writtenMs, equalMs] = await Promise.all([
    until('an Age below 5 s', async () => (await read(names[0])) < 5).then(elapsedMs),
    until('a write to succeed', async () => (await write()).status < 300).then(elapsedMs),
    retryWrite(() => writer.updateMachine('machine-1'))
      .then(() => converged(backend, environment, WITHIN_MS, resumedAt))
      .then(elapsedMs),
  ]);
  clearInterval(reading);
  await Promise.all(pending);
  const later = writes.slice(4);
  console.table({
    'suspended, s': seconds,
    reads: reads.total,
    'failed reads': reads.failed,
    'reads with staleSince': reads.staleSince,
    'longest read, ms': Math.round(longestReadMs),
    'maximum Age, s': maxAge,
    'Age understated by at most, ms': Math.round(understatedMs),
    'first writes': writes
      .slice(0, 4)
      .map(({ status, ms }) => `${status} after ${ms} ms`)
      .join(', '),
    'later writes': [...new Set(later.map(({ status }) => status))].join(', '),
    'slowest later write, ms': Math.max(...later.map(({ ms }) => ms)),
    'recovery: Age below 5 s, ms': freshMs,
    'recovery: a write succeeds, ms': writtenMs,
    'recovery: the cache equals the cluster, ms': equalMs,
  });
  assert.equal(reads.failed, 0);
  // Age is in whole seconds, rounded down.
  assert.ok(understatedMs <= 1_000, `Age was understated by ${understatedMs} ms`);
  assert.ok(Math.max(freshMs, writtenMs, equalMs) < WITHIN_MS);
} finally {
  await dispatcher.destroy();
  await backend.stop();
  await environment.close();
  await controlPlane.remove();
}
