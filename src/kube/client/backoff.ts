import type { Clock } from './clock.ts';

export interface Backoff {
  /** How long to wait before the next attempt, in ms; at least `atLeastMs` (Retry-After). */
  next(atLeastMs?: number): number;
}

const INITIAL_MS = 800;
/** client-go waits up to 30 s. Only a watch that fails by itself waits here, and its statuses should be at most 10 s old. */
const MAX_MS = 8_000;
const FACTOR = 2;
/** Failures this far apart are unrelated. */
const RESET_MS = 120_000;

/** Exponential backoff with full jitter, as in client-go's reflector. */
export function createBackoff(clock: Clock): Backoff {
  let limit = INITIAL_MS;
  let last = Number.NEGATIVE_INFINITY;
  return {
    next(atLeastMs = 0) {
      if (clock.now() - last > RESET_MS) limit = INITIAL_MS;
      const wait = atLeastMs + limit * clock.random();
      limit = Math.min(limit * FACTOR, MAX_MS);
      last = clock.now() + wait;
      return wait;
    },
  };
}
