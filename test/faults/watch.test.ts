import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.ts';
import { untilWatching, WATCH_COUNT } from './support/backend.ts';
import { type Exchange, LISTS, type ProxiedRequest, WATCHES } from './support/exchange.ts';
import {
  blackHole,
  closesImmediately,
  EXPIRED,
  errorEvent,
  type Fault,
  forbids,
  responds,
  sendsFirst,
  statusObject,
  throttles,
} from './support/faults.ts';
import { runScenarios, type Scenario, type ScenarioContext } from './support/scenario.ts';

/** How watches end, and how they are refused. */

type During = Scenario['during'];

/**
 * Replaces all watches, and applies the fault to every watch that is opened within 2 s. Real time is the subject: with
 * `withoutBusyLoop`, it bounds how often a watch is retried in that time.
 */
const forTwoSeconds =
  (fault: Fault): During =>
  async ({ proxy, write }) => {
    const injected = proxy.inject(fault, WATCHES);
    proxy.cut(WATCHES);
    await write();
    await sleep(2_000);
    assert.ok(injected.hits() > 0);
  };

/** Replaces all watches, and applies the fault once to each. */
const once =
  (fault: Fault): During =>
  async ({ proxy, write }) => {
    const { length } = proxy.exchanges(WATCHES);
    const injected = proxy.inject(fault, WATCHES, length);
    proxy.cut(WATCHES);
    await write();
    await until('the fault to hit every watch', () => injected.hits() === length);
  };

/** No list is sent until all watches are open again. */
const withoutList =
  (during: During): During =>
  async (context: ScenarioContext) => {
    const { proxy } = context;
    const listsBefore = proxy.requests(LISTS).length;
    await during(context);
    await proxy.heal();
    await untilWatching(context);
    assert.equal(proxy.requests(LISTS).length, listsBefore, 'unexpected list');
  };

const withList =
  (during: During): During =>
  async (context: ScenarioContext) => {
    const { proxy } = context;
    const listsBefore = proxy.requests(LISTS).length;
    await during(context);
    await until('a new list', () => proxy.requests(LISTS).length > listsBefore);
  };

/** Every watch is requested at most `attempts` times. */
const withoutBusyLoop =
  (during: During, attempts: number): During =>
  async (context: ScenarioContext) => {
    const { proxy } = context;
    const { length: open } = proxy.exchanges(WATCHES);
    const before = proxy.requests(WATCHES).length;
    await during(context);
    const requests = proxy.requests(WATCHES).length - before;
    assert.ok(requests <= open * attempts, `${requests} requests of ${open} watches`);
  };

const endAllWatches = (end: (exchange: Exchange) => void): During =>
  withoutList(async (context) => {
    for (let round = 0; round < 3; round++) {
      const open = context.proxy.exchanges(WATCHES);
      assert.ok(open.length > 0);
      const writing = context.write();
      for (const exchange of open) end(exchange);
      await writing;
      await untilWatching(context);
    }
  });

/** Identifies a watch, of which the backend may have two. */
const watchKey = ({ url }: ProxiedRequest): string => {
  const { pathname, searchParams } = new URL(url, 'https://cluster');
  return `${pathname} ${searchParams.get('fieldSelector')}`;
};

/** Refuses each watch once with Retry-After. */
async function throttleOnce(context: ScenarioContext): Promise<void> {
  const { proxy } = context;
  const keys = proxy.exchanges(WATCHES).map(watchKey);
  const before = proxy.requests(WATCHES).length;
  await once(throttles(3))(context);
  const arrivals = () => Map.groupBy(proxy.requests(WATCHES).slice(before), watchKey);
  const watches = [...Map.groupBy(keys, (key) => key)].map(([key, { length }]) => ({ key, length }));
  await until('every watch to be requested again', () =>
    watches.every(({ key, length }) => (arrivals().get(key)?.length ?? 0) >= 2 * length),
  );
  for (const { key, length } of watches) {
    const times =
      arrivals()
        .get(key)
        ?.map(({ at }) => at) ?? [];
    const waitedMs = Number(times[length]) - Number(times[0]);
    // A timer may fire a little early.
    assert.ok(waitedMs >= 2_900, `${key}: requested again after ${waitedMs} ms`);
  }
}

const scenarios: Scenario[] = [
  {
    fault: 'FIN in the middle of a watch',
    expected: 'a new watch from the last version, without a list',
    during: endAllWatches((exchange) => exchange.cut()),
  },
  {
    fault: 'RST in the middle of a watch',
    expected: 'a new watch from the last version, without a list',
    during: endAllWatches((exchange) => exchange.reset()),
  },
  {
    fault: 'HTTP 410 to each watch once',
    expected: 'a new list',
    during: withList(once(responds(410, EXPIRED))),
  },
  {
    fault: '410 in the stream of each watch once',
    expected: 'a new list',
    during: withList(once(sendsFirst(errorEvent(EXPIRED)))),
  },
  {
    fault: 'HTTP 410 to all watches for 2 s',
    expected: 'lists, with growing waits',
    during: withoutBusyLoop(forTwoSeconds(responds(410, EXPIRED)), 5),
  },
  {
    fault: '500 in the stream of each watch once',
    expected: 'a wait and a new watch from the last version, without a list',
    during: withoutList(
      once(sendsFirst(errorEvent(statusObject(500, 'InternalError', 'etcd has no leader')))),
    ),
  },
  {
    fault: 'HTTP 500 to all watches for 2 s',
    expected: 'waits and a new watch from the last version, without a list',
    during: withoutList(withoutBusyLoop(forTwoSeconds(responds(500, 'the gateway is broken')), 5)),
  },
  {
    fault: 'HTTP 403 to all watches for 2 s',
    expected: 'the cache keeps its objects; a new watch, without a list',
    during: withoutList(withoutBusyLoop(forTwoSeconds(forbids), 5)),
  },
  {
    fault: '200 to all watches for 2 s, closed immediately',
    expected: 'counts as a failure: waits, without a list',
    during: withoutList(withoutBusyLoop(forTwoSeconds(closesImmediately), 5)),
  },
  {
    fault: '429 with Retry-After to each watch once',
    expected: 'no watch is requested again before that',
    during: withoutList(throttleOnce),
  },
  {
    fault: 'no response to new watches',
    expected: 'retries after the deadline for a response, without a list',
    env: { CLUSTER_TIMEOUT_SECONDS: '5' },
    during: withoutList(
      withoutBusyLoop(async ({ proxy, write }) => {
        const injected = proxy.inject(blackHole, WATCHES);
        proxy.cut(WATCHES);
        await write();
        await until('every watch to be retried', () => injected.hits() >= 2 * WATCH_COUNT);
      }, 3),
    ),
  },
];

runScenarios(scenarios);
