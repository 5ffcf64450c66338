import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBackoff } from '../../../src/kube/client/backoff.ts';
import { TestClock } from '../support/timers.ts';

const LIMITS = [800, 1_600, 3_200, 6_400, 8_000, 8_000, 8_000];

/** The first `count` waits, each at `fraction` of its limit. */
function waits(count: number, fraction: number): number[] {
  const clock = new TestClock();
  clock.fraction = fraction;
  const backoff = createBackoff(clock);
  return Array.from({ length: count }, () => backoff.next());
}

test('the limit doubles from 0.8 s to 8 s', () => {
  assert.deepEqual(waits(LIMITS.length, 1), LIMITS);
});

test('the jitter is full: a wait is between 0 and the limit', () => {
  assert.deepEqual(
    waits(LIMITS.length, 0),
    LIMITS.map(() => 0),
  );
  assert.deepEqual(
    waits(LIMITS.length, 0.25),
    LIMITS.map((limit) => limit / 4),
  );
});

test('starts over when the last wait ended more than two minutes ago', () => {
  const clock = new TestClock();
  clock.fraction = 1;
  const backoff = createBackoff(clock);
  const fail = (quietMs: number): number => {
    clock.time += quietMs;
    const wait = backoff.next();
    clock.time += wait;
    return wait;
  };
  assert.equal(fail(0), 800);
  assert.equal(fail(0), 1_600);
  assert.equal(fail(120_000), 3_200);
  assert.equal(fail(120_001), 800);
  assert.equal(fail(0), 1_600);
});

test('continuous failures do not reset the limit', () => {
  const clock = new TestClock();
  clock.fraction = 1;
  const backoff = createBackoff(clock);
  for (let time = 0; time < 600_000; time = clock.time) clock.time += backoff.next();
  assert.equal(backoff.next(), 8_000);
});

test('waits at least Retry-After, plus the jitter', () => {
  const clock = new TestClock();
  const backoff = createBackoff(clock);
  clock.fraction = 0;
  assert.equal(backoff.next(7_000), 7_000);
  clock.fraction = 0.5;
  assert.equal(backoff.next(60_000), 60_800);
  assert.equal(backoff.next(), 1_600);
});

test('a long Retry-After does not reset the limit', () => {
  const clock = new TestClock();
  clock.fraction = 1;
  const backoff = createBackoff(clock);
  clock.time += backoff.next(300_000);
  assert.equal(backoff.next(), 1_600);
});
