import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../support/random.ts';
import { startBackend, untilSynced } from './support/backend.ts';
import { retryWrite, startDedicatedControlPlane } from './support/dedicated-control-plane.ts';
import { openEnvironment } from './support/environment.ts';
import { type CampaignFault, FAULT_CATALOGUE, REFUSED_FOR_TWO_MINUTES } from './support/fault-catalogue.ts';
import { heapUsed, listeners } from './support/leaks.ts';
import { Load } from './support/load.ts';
import { converged } from './support/scenario.ts';

/** Injects random faults under load, and checks all invariants after each round. Exits with 1 at the first violation. */

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    log: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const logFile = values.log ?? `faults-campaign-${seed}.log`;
const WITHIN_MS = 10_000;
/** A campaign of at least this length starts with an outage of two minutes. */
const LONG_CAMPAIGN_SECONDS = 300;
const PAUSE_MS = 1_000;

const random = seededRandom(seed);
const log = (line: string): void => {
  const text = `${new Date().toISOString()} ${line}`;
  console.log(text);
  appendFileSync(logFile, `${text}\n`);
};

log(`seed ${seed}, ${seconds} s, log ${logFile}`);
const controlPlane = await startDedicatedControlPlane();
const environment = await openEnvironment(controlPlane);
const { proxy, writer } = environment;
const backend = await startBackend({
  kubeconfig: environment.kubeconfig,
  env: { CLUSTER_TIMEOUT_SECONDS: '5' },
  silenceMs: 3_000,
});
await untilSynced(backend);
for (let written = 0; written < 60; written++) await writer.writeRandomly(random);
const load = new Load({ backend, environment, random, readsPerSecond: 200 });
const recoveries: number[] = [];
const violations: string[] = [];
const heapBefore = await heapUsed();
const end = performance.now() + seconds * 1_000;

function chooseFaults(): CampaignFault[] {
  if (recoveries.length === 0 && seconds >= LONG_CAMPAIGN_SECONDS) return [REFUSED_FOR_TWO_MINUTES];
  const count = 1 + Math.floor(random() * 3);
  const pick = () => FAULT_CATALOGUE[Math.floor(random() * FAULT_CATALOGUE.length)] as CampaignFault;
  const faults = Array.from({ length: count }, pick);
  // Faults that stop processes are injected alone, because they would interfere with each other.
  const exclusive = faults.find(({ name }) => /apiserver|etcd/.test(name));
  return exclusive ? [exclusive] : faults;
}

async function runRound(): Promise<void> {
  const faults = chooseFaults();
  const ms = 500 + Math.floor(random() * 7_500);
  const before = new Map(load.responses);
  await Promise.all(faults.map(({ inject }) => inject({ environment, backend, controlPlane }, ms)));
  await proxy.heal();
  const healedAt = performance.now();
  await load.pauseWrites();
  await retryWrite(() => writer.writeRandomly(random));
  const found: string[] = [];
  await converged(backend, environment, WITHIN_MS, healedAt).catch((error: Error) =>
    found.push(error.message),
  );
  const recoveredMs = Math.round(performance.now() - healedAt);
  found.push(...backend.violations(), ...newServerErrors(before));
  if (load.failedReads > 0) found.push(`${load.failedReads} reads of cached machines failed`);
  backend.allowRepeats(false);
  recoveries.push(recoveredMs);
  const names = faults.map(({ name }) => name).join(' + ');
  violations.push(...found.map((violation) => `${names}: ${violation}`));
  const responses = formatCounts(
    [...load.responses].map(([key, count]) => [key, count - (before.get(key) ?? 0)]),
  );
  log(`${names} | ${ms} ms | recovered after ${recoveredMs} ms | ${responses} | ${found.join('; ') || 'ok'}`);
  load.resumeWrites();
  await sleep(PAUSE_MS);
}

const newServerErrors = (before: ReadonlyMap<string, number>): string[] =>
  [...load.responses]
    .filter(([key, count]) => key.endsWith(' 500') && count > (before.get(key) ?? 0))
    .map(([key]) => `response ${key}`);

const formatCounts = (counts: readonly (readonly [string, number])[]): string =>
  counts
    .filter(([, count]) => count > 0)
    .map((pair) => pair.join(': '))
    .join(', ');

try {
  while (performance.now() < end && violations.length === 0) await runRound();
} finally {
  await load.stop();
  const heap = (await heapUsed()) - heapBefore;
  await backend.stop();
  await environment.close();
  await controlPlane.remove();
  const remaining = listeners(backend.signal);
  if (remaining > 0) violations.push(`${remaining} listeners left`);
  const sorted = recoveries.toSorted((one, other) => one - other);
  log(`responses: ${formatCounts([...load.responses])}`);
  log(`${sorted.length} rounds; recovery: median ${sorted[sorted.length >> 1]} ms, max ${sorted.at(-1)} ms`);
  log(`heap: ${(heap / 1e6).toFixed(1)} MB more than at the start`);
  log(`${violations.length} violations, seed ${seed}`);
  for (const violation of violations) log(violation);
}
process.exitCode = violations.length > 0 ? 1 : 0;
