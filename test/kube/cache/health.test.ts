import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { startHealthChecks } from '../../../src/kube/cache/health.ts';
import type { KubeResponse } from '../../../src/kube/client/transport.ts';
import { failure, list, TestClock } from '../support/scripted.ts';

const away = new DevMachineError('cluster-unavailable', 'The cluster cannot be reached.');

/** A health that beats when the test says so; the cluster answers each question by `answer`. */
function beating(t: TestContext) {
  const cluster = {
    answer: list(50) as KubeResponse | Error,
    version: '50' as string | undefined,
    answers: 0,
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
          if (cluster.answer instanceof Error) throw cluster.answer;
          return cluster.answer;
        },
      },
      path: '/x',
      version: () => cluster.version,
      onAnswer: () => cluster.answers++,
      clock,
      log: { info: () => undefined, warn: () => undefined },
    },
    stop.signal,
  );
  async function beat(answer: KubeResponse | Error, at: number): Promise<void> {
    await setImmediate();
    cluster.answer = answer;
    clock.time = at;
    const waiting = next;
    next = Promise.withResolvers();
    waiting.resolve();
    await setImmediate();
  }
  return { health, cluster, beat };
}

test('one lost question is nothing; two, and the cluster is away; an answer, and it is back', async (t) => {
  const { health, beat, cluster } = beating(t);
  await beat(list(51), 10);
  assert.deepEqual([health.answeredAt, health.unreachable, cluster.answers], [10, false, 2]);
  await beat(away, 20);
  assert.deepEqual([health.answeredAt, health.unreachable], [10, false]);
  await beat(failure(503), 30);
  assert.deepEqual([health.answeredAt, health.unreachable], [10, true]);
  const { reconnected: back } = health;
  assert.equal(back.aborted, false);
  await beat(list(52), 40);
  assert.deepEqual([health.answeredAt, health.unreachable, back.aborted], [40, false, true]);
  assert.equal(health.reconnected.aborted, false);
});

test('a cluster that refuses to answer is there, but confirms nothing', async (t) => {
  const { health, beat } = beating(t);
  await beat(list(51), 10);
  for (const status of [401, 403, 429]) await beat(failure(status), 20);
  assert.deepEqual([health.answeredAt, health.unreachable], [10, false]);
});

test('after a single lost question, or a refusal, nobody waits any longer', async (t) => {
  const { health, beat } = beating(t);
  for (const trouble of [away, failure(401)]) {
    const { reconnected: back } = health;
    await beat(trouble, 10);
    assert.equal(back.aborted, false);
    await beat(list(51), 20);
    assert.equal(back.aborted, true);
  }
});

test('a cluster that is behind what is known of it was restored; told once', async (t) => {
  const { health, beat, cluster } = beating(t);
  cluster.version = '100';
  const { restored } = health;
  await beat(list(100), 10);
  assert.equal(restored.aborted, false);
  await beat(list(99), 20);
  assert.equal(restored.aborted, true);
  const again = health.restored;
  await beat(list(99), 30);
  assert.equal(again.aborted, false);
  cluster.version = '101';
  await beat(list(99), 40);
  assert.equal(again.aborted, true);
});
