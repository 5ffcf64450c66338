import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { startHealthChecks } from '../../../src/kube/cache/health.ts';
import type { KubeResponse } from '../../../src/kube/client/transport.ts';
import { failure, list } from '../support/responses.ts';
import { TestClock } from '../support/timers.ts';

const unreachable = new DevMachineError('cluster-unavailable', 'The cluster cannot be reached.');

/** Health checks that run when the test calls `check`, with the response that it passes. */
function startChecks(t: TestContext) {
  const cluster = {
    response: list(50) as KubeResponse | Error,
    version: '50' as string | undefined,
    succeeded: 0,
  };
  const clock = new TestClock();
  let next = Promise.withResolvers<void>();
  clock.sleep = () => next.promise;
  const stop = new AbortController();
  t.after(() => stop.abort());
  const health = startHealthChecks(
    {
      client: {
        request: async () => {
          if (cluster.response instanceof Error) throw cluster.response;
          return cluster.response;
        },
      },
      paths: ['/x'],
      version: () => cluster.version,
      onAnswer: () => cluster.succeeded++,
      clock,
      log: { info: () => undefined, warn: () => undefined },
    },
    stop.signal,
  );
  async function check(response: KubeResponse | Error, at: number): Promise<void> {
    await setImmediate();
    cluster.response = response;
    clock.time = at;
    const interval = next;
    next = Promise.withResolvers();
    interval.resolve();
    await setImmediate();
  }
  return { health, cluster, check };
}

test('two failed checks in a row make the cluster unreachable, and one that succeeds reconnects it', async (t) => {
  const { health, check, cluster } = startChecks(t);
  await check(list(51), 10);
  assert.deepEqual([health.answeredAt, health.unreachable, cluster.succeeded], [10, false, 2]);
  await check(unreachable, 20);
  assert.deepEqual([health.answeredAt, health.unreachable], [10, false]);
  await check(failure(503), 30);
  assert.deepEqual([health.answeredAt, health.unreachable], [10, true]);
  const { reconnected } = health;
  assert.equal(reconnected.aborted, false);
  await check(list(52), 40);
  assert.deepEqual([health.answeredAt, health.unreachable, reconnected.aborted], [40, false, true]);
  assert.equal(health.reconnected.aborted, false);
});

test('a cluster that refuses the check is reachable, but confirms nothing', async (t) => {
  const { health, check } = startChecks(t);
  await check(list(51), 10);
  for (const status of [401, 403, 429]) await check(failure(status), 20);
  assert.deepEqual([health.answeredAt, health.unreachable], [10, false]);
});

test('a check that succeeds after a single failure or refusal raises reconnected', async (t) => {
  const { health, check } = startChecks(t);
  for (const failed of [unreachable, failure(401)]) {
    const { reconnected } = health;
    await check(failed, 10);
    assert.equal(reconnected.aborted, false);
    await check(list(51), 20);
    assert.equal(reconnected.aborted, true);
  }
});

test('a cluster behind the cached version was restored, which is raised once per cached version', async (t) => {
  const { health, check, cluster } = startChecks(t);
  cluster.version = '100';
  const { restored } = health;
  await check(list(100), 10);
  assert.equal(restored.aborted, false);
  await check(list(99), 20);
  assert.equal(restored.aborted, true);
  const { restored: next } = health;
  await check(list(99), 30);
  assert.equal(next.aborted, false);
  cluster.version = '101';
  await check(list(99), 40);
  assert.equal(next.aborted, true);
});

test('a namespace that refuses the check is passed over for another one', async (t) => {
  const asked: string[] = [];
  const refused = new Set(['/a']);
  const stop = new AbortController();
  t.after(() => stop.abort());
  const clock = new TestClock();
  let next = Promise.withResolvers<void>();
  clock.sleep = () => next.promise;
  const health = startHealthChecks(
    {
      client: {
        request: async ({ path }) => {
          asked.push(path);
          return refused.has(path) ? failure(403) : list(50);
        },
      },
      paths: ['/a', '/b'],
      version: () => '50',
      onAnswer: () => undefined,
      clock,
      log: { info: () => undefined, warn: () => undefined },
    },
    stop.signal,
  );
  const checkAt = async (at: number) => {
    await setImmediate();
    clock.time = at;
    const interval = next;
    next = Promise.withResolvers();
    interval.resolve();
    await setImmediate();
  };
  await checkAt(10);
  assert.equal(health.answeredAt, 10);
  refused.add('/b');
  await checkAt(20);
  assert.deepEqual([health.answeredAt, health.unreachable], [10, false]);
  refused.delete('/a');
  await checkAt(30);
  assert.equal(health.answeredAt, 30);
  assert.deepEqual(asked, ['/a', '/b', '/b', '/b', '/a', '/b', '/a']);
});
