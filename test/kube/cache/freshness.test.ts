import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Freshness } from '../../../src/kube/cache/freshness.ts';
import { TestClock } from '../support/scripted.ts';

const never = Number.NEGATIVE_INFINITY;

test('a watch is fresh until its last sign of life, or the cluster s while it is open', () => {
  const clock = new TestClock();
  const pulse = { answeredAt: never };
  const freshness = new Freshness(clock, pulse);
  const steps: [at: number, what: () => void, until: number][] = [
    [1, () => undefined, never],
    // The cluster alone says nothing of what has not been read.
    [2, () => (pulse.answeredAt = 2), never],
    [5, () => freshness.listed(3), 3],
    [6, () => (pulse.answeredAt = 6), 3],
    [7, () => freshness.granted(), 3],
    [8, () => (pulse.answeredAt = 8), 8],
    [9, () => freshness.told(), 9],
    [10, () => (pulse.answeredAt = 10), 10],
    [11, () => freshness.ended(), 10],
    [12, () => (pulse.answeredAt = 12), 10],
    [13, () => freshness.granted(), 10],
    [14, () => freshness.told(), 14],
    [20, () => freshness.ended(), 14],
  ];
  for (const [at, what, until] of steps) {
    clock.time = at;
    what();
    assert.equal(freshness.until, until, `at ${at}`);
  }
});
