import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DiagnosisContext, type Drill, runDrills } from './support/drill.ts';
import { heapUsed, listeners } from './support/leaks.ts';

/** What is wrong on our own side: subscribers, clocks, and what each fault might leave behind. */

const watches = { kind: 'watch' } as const;

const cutAll = ({ proxy }: DiagnosisContext) => {
  for (const exchange of proxy.open(watches)) exchange.cut();
};

function keepBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const clockMoved = (ms: number) => async (context: DiagnosisContext) => {
  const { now } = Date;
  Date.now = () => now() + ms;
  try {
    cutAll(context);
    await context.changes();
    await context.agree();
    const reply = await fetch(`${context.stack.url}/api/v1/devmachines?namespace=${context.world.namespace}`);
    await reply.text();
    assert.ok(Number(reply.headers.get('age')) < 5, `Age: ${reply.headers.get('age')}`);
  } finally {
    Date.now = now;
  }
};

const ROUNDS = 15;
const BYTES_PER_ROUND = 50_000;

const drills: Drill[] = [
  {
    fault: 'a subscriber that throws',
    expected: 'is logged; the others hear everything',
    async during({ stack, world, changes, agree }) {
      const broken = () => {
        throw new Error('a broken subscriber');
      };
      stack.cache.store(world.namespace)?.subscribe(broken);
      stack.cache.view.subscribe(broken);
      await changes();
      await agree();
      assert.ok(stack.warnings.some((line) => line.includes('a broken subscriber')));
    },
  },
  {
    fault: 'a subscriber that takes 50 ms for each change',
    expected: 'late, and nothing is lost',
    async during({ stack, world, changes, agree }) {
      const stop = stack.cache.store(world.namespace)?.subscribe(() => keepBusy(50));
      await changes(60);
      await agree();
      stop?.();
    },
  },
  { fault: 'the clock jumps ahead by an hour', expected: 'no difference', during: clockMoved(3_600_000) },
  { fault: 'the clock jumps back by an hour', expected: 'no difference', during: clockMoved(-3_600_000) },
  {
    fault: `all watches are cut ${ROUNDS} times`,
    expected: 'as many listeners as before, and about as much memory',
    async during(context) {
      const { stack, agree } = context;
      const cutOnce = async () => {
        cutAll(context);
        // Shorter watches would be failures, and be waited for.
        await sleep(1_100);
      };
      for (let round = 0; round < 5; round++) await cutOnce();
      await agree();
      const before = { listeners: listeners(stack.signal), heap: await heapUsed() };
      for (let round = 0; round < ROUNDS; round++) await cutOnce();
      await agree();
      assert.ok(listeners(stack.signal) <= before.listeners + 2, `${listeners(stack.signal)} listeners`);
      const growth = (await heapUsed()) - before.heap;
      assert.ok(growth < ROUNDS * BYTES_PER_ROUND, `${growth} bytes more after ${ROUNDS} rounds`);
    },
  },
];

runDrills(drills);
