import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../support/random.ts';
import { until } from '../support/until.ts';
import { startOwnControlPlane, waitForWrites } from './support/cluster.ts';
import { converged } from './support/drill.ts';
import { heapUsed, listeners } from './support/leaks.ts';
import { Load } from './support/load.ts';
import { type Dish, MENU, TWO_MINUTES_REFUSED } from './support/menu.ts';
import { openSite } from './support/site.ts';
import { startStack } from './support/stack.ts';

/** Faults at random under load, for as long as one likes; after each, all that must hold. Ends with 1 if something did not. */

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
const LONG_SECONDS = 300;

const random = seededRandom(seed);
const say = (line: string): void => {
  const text = `${new Date().toISOString()} ${line}`;
  console.log(text);
  appendFileSync(logFile, `${text}\n`);
};

say(`seed ${seed}, ${seconds} s, log ${logFile}`);
const cluster = await startOwnControlPlane();
const site = await openSite(cluster);
const stack = await startStack({ kubeconfig: site.kubeconfig, silenceMs: 3_000 });
await until('the cache to be synced', () => stack.cache.synced());
for (let made = 0; made < 60; made++) await site.world.anything(random);
const load = new Load({ stack, world: site.world, random, readsPerSecond: 200 });
const recoveries: number[] = [];
const violations: string[] = [];
const heapBefore = await heapUsed();
const end = performance.now() + seconds * 1_000;

function choose(): Dish[] {
  if (recoveries.length === 0 && seconds >= LONG_SECONDS) return [TWO_MINUTES_REFUSED];
  const count = 1 + Math.floor(random() * 3);
  const dishes = Array.from({ length: count }, () => MENU[Math.floor(random() * MENU.length)] as Dish);
  // Two of those that end processes would be in each other's way.
  const heavy = dishes.find(({ name }) => /apiserver|etcd/.test(name));
  return heavy ? [heavy] : dishes;
}

async function round(): Promise<void> {
  const dishes = choose();
  const ms = 500 + Math.floor(random() * 7_500);
  const before = new Map(load.answers);
  await Promise.all(dishes.map(({ serve }) => serve({ site, stack, cluster }, ms)));
  await site.proxy.heal();
  const healed = performance.now();
  await load.pauseWrites();
  await waitForWrites(() => site.world.anything(random));
  const what = dishes.map(({ name }) => name).join(' + ');
  const faults: string[] = [];
  await converged(stack, site, WITHIN_MS, healed).catch((error: Error) => faults.push(error.message));
  const recoveredMs = Math.round(performance.now() - healed);
  faults.push(...stack.wrongs(), ...newServerErrors(before));
  if (load.failedReads > 0) faults.push(`${load.failedReads} reads of known machines have failed`);
  stack.mayRepeat(false);
  recoveries.push(recoveredMs);
  violations.push(...faults.map((fault) => `${what}: ${fault}`));
  const said = [...load.answers].map(([key, count]) => [key, count - (before.get(key) ?? 0)]);
  const answers = said.filter(([, count]) => count).map((pair) => pair.join(': '));
  say(
    `${what} | ${ms} ms | recovered after ${recoveredMs} ms | ${answers.join(', ')} | ${faults.join('; ') || 'ok'}`,
  );
  load.resumeWrites();
  await sleep(1_000);
}

const newServerErrors = (before: ReadonlyMap<string, number>): string[] =>
  [...load.answers]
    .filter(([key, count]) => key.endsWith(' 500') && count > (before.get(key) ?? 0))
    .map(([key]) => `answered ${key}`);

try {
  while (performance.now() < end && violations.length === 0) await round();
} finally {
  await load.stop();
  const heap = (await heapUsed()) - heapBefore;
  await stack.stop();
  await site.close();
  await cluster.remove();
  if (listeners(stack.signal) > 0) violations.push(`${listeners(stack.signal)} listeners left`);
  const sorted = recoveries.toSorted((one, other) => one - other);
  say(`answers: ${[...load.answers].map((pair) => pair.join(': ')).join(', ')}`);
  say(
    `${sorted.length} rounds; recovery: median ${sorted[sorted.length >> 1]} ms, longest ${sorted.at(-1)} ms`,
  );
  say(
    `heap ${(heap / 1e6).toFixed(1)} MB more than at the start; ${violations.length} violations, seed ${seed}`,
  );
  for (const violation of violations) say(violation);
}
process.exitCode = violations.length > 0 ? 1 : 0;
