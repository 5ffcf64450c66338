import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.ts';
import { WATCHES } from './support/exchange.ts';
import { heapUsed, listeners } from './support/leaks.ts';
import { readAge, runScenarios, type Scenario, type ScenarioContext } from './support/scenario.ts';

/** Faults of the backend's own process: subscribers, clocks and leaks. */

function blockEventLoop(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const withClockMovedBy = (ms: number) => async (context: ScenarioContext) => {
  const { now } = Date;
  Date.now = () => now() + ms;
  try {
    context.proxy.cut(WATCHES);
    await context.write();
    await context.converge();
    await until('an Age below 5 s', async () => (await readAge(context)) < 5);
  } finally {
    Date.now = now;
  }
};

const ROUNDS = 15;
const MAX_BYTES_PER_ROUND = 50_000;
/** A watch that ends within 1 s without an event counts as a failure, and its reflector waits. So real time must pass. */
const WATCH_LIFETIME_MS = 1_100;

const scenarios: Scenario[] = [
  {
    fault: 'a subscriber throws',
    expected: 'the error is logged; the other subscribers receive everything',
    async during({ backend, namespace, write, converge }) {
      const fail = () => {
        throw new Error('a broken subscriber');
      };
      backend.cache.store(namespace)?.subscribe(fail);
      backend.cache.view.subscribe(fail);
      await write();
      await converge();
      assert.ok(backend.warnings.some((line) => line.includes('a broken subscriber')));
    },
  },
  {
    fault: 'a subscriber blocks for 50 ms per delta',
    expected: 'late, but nothing is lost',
    async during({ backend, namespace, write, converge }) {
      const unsubscribe = backend.cache.store(namespace)?.subscribe(() => blockEventLoop(50));
      await write(60);
      await converge();
      unsubscribe?.();
    },
  },
  {
    fault: 'the clock jumps forward by an hour',
    expected: 'no effect',
    during: withClockMovedBy(3_600_000),
  },
  {
    fault: 'the clock jumps back by an hour',
    expected: 'no effect',
    during: withClockMovedBy(-3_600_000),
  },
  {
    fault: `all watches are cut ${ROUNDS} times`,
    expected: 'no more listeners than before, and about as much memory',
    async during({ backend, proxy, converge }) {
      const cutOnce = async () => {
        proxy.cut(WATCHES);
        await sleep(WATCH_LIFETIME_MS);
      };
      for (let round = 0; round < 5; round++) await cutOnce();
      await converge();
      const before = { listeners: listeners(backend.signal), heap: await heapUsed() };
      for (let round = 0; round < ROUNDS; round++) await cutOnce();
      await converge();
      const present = listeners(backend.signal);
      assert.ok(present <= before.listeners + 2, `${present} listeners, before: ${before.listeners}`);
      const growth = (await heapUsed()) - before.heap;
      assert.ok(growth < ROUNDS * MAX_BYTES_PER_ROUND, `${growth} bytes more after ${ROUNDS} rounds`);
    },
  },
];

runScenarios(scenarios);
