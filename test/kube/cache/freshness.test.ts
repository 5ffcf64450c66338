import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Freshness } from '../../../src/kube/cache/freshness.ts';
import { TestClock } from '../support/timers.ts';

const never = Number.NEGATIVE_INFINITY;

test('a watch is fresh until its last event or, while it is open, until the last health check', () => {
  const clock = new TestClock();
  const health = { answeredAt: never };
  const freshness = new Freshness(clock, health);
  const steps: [at: number, action: () => void, until: number][] = [
    [1, () => undefined, never],
    // A health check confirms nothing before the first list.
    [2, () => (health.answeredAt = 2), never],
    [5, () => freshness.listed(3), 3],
    [6, () => (health.answeredAt = 6), 3],
    [7, () => freshness.opened(), 3],
    [8, () => (health.answeredAt = 8), 8],
    [9, () => freshness.received(), 9],
    [10, () => (health.answeredAt = 10), 10],
    [11, () => freshness.closed(), 10],
    [12, () => (health.answeredAt = 12), 10],
    [13, () => freshness.opened(), 10],
    [14, () => freshness.received(), 14],
    [20, () => freshness.closed(), 14],
  ];
  for (const [at, action, until] of steps) {
    clock.time = at;
    action();
    assert.equal(freshness.until, until, `at ${at}`);
  }
});
