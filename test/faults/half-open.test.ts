import assert from 'node:assert/strict';
import { until } from '../support/until.ts';
import { LISTS, WATCHES } from './support/exchange.ts';
import { readAge, runScenarios, type Scenario } from './support/scenario.ts';

/** Half-open connections: they look open, but nothing arrives. */

const scenarios: Scenario[] = [
  {
    fault: 'every watch is half-open forever',
    expected: 'replaced after the silence timeout, without a list',
    silenceMs: 3_000,
    async during({ proxy, write, converge }) {
      const listsBefore = proxy.requests(LISTS).length;
      for (const exchange of proxy.exchanges(WATCHES)) exchange.hold();
      await write();
      await converge();
      assert.equal(proxy.requests(LISTS).length, listsBefore);
    },
  },
  {
    fault: 'all connections are half-open, then continue',
    expected: 'Age grows; late events are applied, and Age falls again',
    async during(context) {
      const { proxy, write } = context;
      const held = proxy.exchanges(WATCHES);
      for (const exchange of held) exchange.hold();
      const { promise: continued, resolve: continueRequests } = Promise.withResolvers<void>();
      proxy.inject({ before: () => continued });
      await write();
      await until('an Age of at least 5 s', async () => (await readAge(context)) >= 5);
      continueRequests();
      for (const exchange of held) exchange.release();
    },
    async afterwards(context) {
      await until('an Age of at most 5 s', async () => (await readAge(context)) <= 5);
    },
  },
  {
    fault: 'quiet watches are replaced after 1 s of silence, many times',
    expected: 'no list, no failure, no delta',
    silenceMs: 1_000,
    async during({ proxy, backend }) {
      const listsBefore = proxy.requests(LISTS).length;
      const watchesBefore = proxy.requests(WATCHES).length;
      await until('30 more watches', () => proxy.requests(WATCHES).length > watchesBefore + 30);
      assert.equal(proxy.requests(LISTS).length, listsBefore);
      const failures = backend.warnings.filter((line) => line.includes(' failed '));
      assert.deepEqual(failures, []);
    },
  },
];

runScenarios(scenarios);
