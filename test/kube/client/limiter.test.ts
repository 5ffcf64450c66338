import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { ConcurrencyLimiter } from '../../../src/kube/client/limiter.ts';

const never = new AbortController().signal;
const isOverloaded = (error: unknown) => error instanceof DevMachineError && error.code === 'overloaded';

/** Tasks that run until the test calls `end`. */
function startTasks(limiter: ConcurrencyLimiter) {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const start = (number: number, signal = never) =>
    limiter.run(signal, async () => {
      started.push(number);
      await new Promise<void>((resolve) => ends.push(resolve));
      return number;
    });
  return { started, start, end: () => ends.shift()?.() };
}

test('runs at most `concurrent` tasks at once, and the others in order of arrival', async () => {
  const limiter = new ConcurrencyLimiter({ concurrent: 2, queued: 9, waitMs: 60_000 });
  const { started, start, end } = startTasks(limiter);
  const all = [0, 1, 2, 3].map((number) => start(number));
  await setImmediate();
  assert.deepEqual([started, limiter.running, limiter.waiting], [[0, 1], 2, 2]);
  for (const expected of [
    [0, 1, 2],
    [0, 1, 2, 3],
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ]) {
    end();
    await setImmediate();
    assert.deepEqual(started, expected);
  }
  assert.deepEqual(await Promise.all(all), [0, 1, 2, 3]);
  assert.deepEqual([limiter.running, limiter.waiting], [0, 0]);
});

test('refuses a task immediately when the queue is full', async () => {
  const limiter = new ConcurrencyLimiter({ concurrent: 1, queued: 1, waitMs: 60_000 });
  const { start, end } = startTasks(limiter);
  const first = start(0);
  const second = start(1);
  await assert.rejects(start(2), isOverloaded);
  end();
  await first;
  await setImmediate();
  end();
  assert.equal(await second, 1);
});

test('a task that waits too long or is aborted takes no slot', async () => {
  const limiter = new ConcurrencyLimiter({ concurrent: 1, queued: 9, waitMs: 20 });
  const { started, start, end } = startTasks(limiter);
  const first = start(0);
  const controller = new AbortController();
  const reason = new Error('aborted');
  const aborted = start(1, controller.signal);
  controller.abort(reason);
  await assert.rejects(aborted, reason);
  await assert.rejects(start(2), isOverloaded);
  await assert.rejects(start(3, AbortSignal.abort(reason)), reason);
  end();
  await first;
  const last = start(4);
  end();
  await last;
  assert.deepEqual([started, limiter.running, limiter.waiting], [[0, 4], 0, 0]);
});

test('a task that fails releases its slot', async () => {
  const limiter = new ConcurrencyLimiter({ concurrent: 1, queued: 0, waitMs: 20 });
  for (let round = 0; round < 3; round++) {
    await assert.rejects(
      limiter.run(never, () => Promise.reject(new Error('failed'))),
      /failed/,
    );
  }
  assert.equal(limiter.running, 0);
});
