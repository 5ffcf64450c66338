import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { ConcurrencyLimiter } from '../../../src/kube/client/limiter.ts';

const never = new AbortController().signal;
const isOverloaded = (error: unknown) => error instanceof DevMachineError && error.code === 'overloaded';

/** Work that ends when the test says so. */
function works(limit: ConcurrencyLimiter) {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const start = (number: number, signal = never) =>
    limit.run(signal, async () => {
      begun.push(number);
      await new Promise<void>((resolve) => ends.push(resolve));
      return number;
    });
  return { begun, start, end: () => ends.shift()?.() };
}

test('so many run at once, the others in the order in which they came', async () => {
  const limit = new ConcurrencyLimiter({ concurrent: 2, queued: 9, waitMs: 60_000 });
  const { begun, start, end } = works(limit);
  const all = [0, 1, 2, 3].map((number) => start(number));
  await setImmediate();
  assert.deepEqual([begun, limit.running, limit.waiting], [[0, 1], 2, 2]);
  for (const expected of [
    [0, 1, 2],
    [0, 1, 2, 3],
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ]) {
    end();
    await setImmediate();
    assert.deepEqual(begun, expected);
  }
  assert.deepEqual(await Promise.all(all), [0, 1, 2, 3]);
  assert.deepEqual([limit.running, limit.waiting], [0, 0]);
});

test('more than may wait are refused at once', async () => {
  const limit = new ConcurrencyLimiter({ concurrent: 1, queued: 1, waitMs: 60_000 });
  const { start, end } = works(limit);
  const first = start(0);
  const second = start(1);
  await assert.rejects(start(2), isOverloaded);
  end();
  await first;
  await setImmediate();
  end();
  assert.equal(await second, 1);
});

test('who waits too long, or goes away, takes no place', async () => {
  const limit = new ConcurrencyLimiter({ concurrent: 1, queued: 9, waitMs: 20 });
  const { begun, start, end } = works(limit);
  const first = start(0);
  const leaving = new AbortController();
  const reason = new Error('gone');
  const gone = start(1, leaving.signal);
  leaving.abort(reason);
  await assert.rejects(gone, reason);
  await assert.rejects(start(2), isOverloaded);
  await assert.rejects(start(3, AbortSignal.abort(reason)), reason);
  end();
  await first;
  const last = start(4);
  end();
  await last;
  assert.deepEqual([begun, limit.running, limit.waiting], [[0, 4], 0, 0]);
});

test('work that fails leaves its place', async () => {
  const limit = new ConcurrencyLimiter({ concurrent: 1, queued: 0, waitMs: 20 });
  for (let round = 0; round < 3; round++) {
    await assert.rejects(
      limit.run(never, () => Promise.reject(new Error('failed'))),
      /failed/,
    );
  }
  assert.equal(limit.running, 0);
});
