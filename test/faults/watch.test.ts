import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.ts';
import { type DiagnosisContext, type Drill, runDrills } from './support/drill.ts';
import type { Exchange } from './support/exchange.ts';
import {
  answers,
  blackHole,
  closesAtOnce,
  errorEvent,
  type Fault,
  saysFirst,
  status,
  TOO_OLD,
} from './support/faults.ts';

/** How watches end, and how they are refused. */

const watches = { kind: 'watch' } as const;
const lists = { kind: 'list' } as const;

/** For `ms` all watches that are opened meet it; those that are open are ended for that. */
const meeting =
  (fault: Fault, ms = 2_000) =>
  async (context: DiagnosisContext) => {
    const { proxy, changes } = context;
    const injected = proxy.inject(fault, watches);
    for (const exchange of proxy.open(watches)) exchange.cut();
    await changes();
    await sleep(ms);
    assert.ok(injected.met() > 0);
  };

const withoutList = (during: Drill['during']) => async (context: DiagnosisContext) => {
  const before = context.proxy.asked(lists).length;
  await during(context);
  await context.proxy.heal();
  await sleep(500);
  assert.equal(context.proxy.asked(lists).length, before, 'no list is needed');
};

const endAll = (how: (exchange: Exchange) => void) =>
  withoutList(async ({ proxy, changes }) => {
    for (let round = 0; round < 3; round++) {
      const open = proxy.open(watches);
      assert.ok(open.length > 0);
      const changing = changes();
      for (const exchange of open) how(exchange);
      await changing;
      await sleep(300);
    }
  });

/** Each watch tries at most so often. */
const withoutSpinning = (during: Drill['during'], tries: number) => async (context: DiagnosisContext) => {
  const open = context.proxy.open(watches).length;
  const before = context.proxy.asked(watches).length;
  await during(context);
  const asked = context.proxy.asked(watches).length - before;
  assert.ok(asked <= open * tries, `${open} watches have tried ${asked} times`);
};

/** Afterwards each path has been listed again, and there was no need to. */
const withList = (during: Drill['during']) => async (context: DiagnosisContext) => {
  const before = context.proxy.asked(lists).length;
  await during(context);
  assert.ok(context.proxy.asked(lists).length > before, 'a list is needed');
};

const once = (fault: Fault) => async (context: DiagnosisContext) => {
  const open = context.proxy.open(watches);
  const injected = context.proxy.inject(fault, watches, open.length);
  for (const exchange of open) exchange.cut();
  await context.changes();
  await sleep(1_500);
  assert.equal(injected.met(), open.length);
};

const drills: Drill[] = [
  {
    fault: 'FIN in the middle of a watch',
    expected: 'a new watch from the last version, no list',
    during: endAll((exchange) => exchange.cut()),
  },
  {
    fault: 'RST in the middle of a watch',
    expected: 'a new watch from the last version, no list',
    during: endAll((exchange) => exchange.reset()),
  },
  {
    fault: 'HTTP 410 to each watch',
    expected: 'a new list',
    during: withList(once(answers(410, TOO_OLD))),
  },
  {
    fault: '410 in the stream of each watch',
    expected: 'a new list',
    during: withList(once(saysFirst(errorEvent(TOO_OLD)))),
  },
  {
    fault: '410 to every watch for 2 s',
    expected: 'lists with longer and longer waits between them',
    during: withoutSpinning(meeting(answers(410, TOO_OLD)), 5),
  },
  {
    fault: '500 in the stream of each watch',
    expected: 'a wait, a new watch from the last version, no list',
    during: withoutList(once(saysFirst(errorEvent(status(500, 'InternalError', 'etcd has no leader'))))),
  },
  {
    fault: 'HTTP 500 to watches',
    expected: 'waits, a new watch from the last version, no list',
    during: withoutList(withoutSpinning(meeting(answers(500, 'the gateway is broken')), 5)),
  },
  {
    fault: '403 to watches',
    expected: 'what was known stays known; a new watch, no list',
    during: withoutList(
      withoutSpinning(meeting(answers(403, status(403, 'Forbidden', 'devmachines is forbidden'))), 5),
    ),
  },
  {
    fault: '200 to watches, then an instant close',
    expected: 'counts as a failure: waits, no list',
    during: withoutList(withoutSpinning(meeting(closesAtOnce), 5)),
  },
  {
    fault: '429 with Retry-After to watches',
    expected: 'nobody asks again before that',
    during: withoutList(async (context) => {
      const { proxy, changes } = context;
      const tooMany = answers(429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '3' });
      const open = proxy.open(watches);
      const injected = proxy.inject(tooMany, watches, open.length);
      for (const exchange of open) exchange.cut();
      await changes();
      await until('every watch to be refused', () => injected.met() >= open.length);
      const allRefused = performance.now();
      await sleep(1_800);
      assert.deepEqual(
        proxy.asked(watches).filter(({ at }) => at > allRefused),
        [],
      );
    }),
  },
  {
    fault: 'a black hole for new watches',
    expected: 'given up after the time that the cluster has for an answer',
    during: withoutList(withoutSpinning(meeting(blackHole, 6_000), 3)),
  },
];

runDrills(drills);
