export interface Backoff {
  /** How long to wait before the next try, in ms; not below `atLeastMs` (Retry-After). */
  next(atLeastMs?: number): number;
}

/** What the passing of time looks like; replaced in tests. */
export interface Clock {
  /** Milliseconds that only ever grow, whatever the wall clock does. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}

const FIRST_MS = 800;
/** Shorter than client-go's 30 s: only a watch that fails alone is waited out, and its statuses should be old for 10 s at most. */
const LONGEST_MS = 8_000;
const FACTOR = 2;
/** Two failures so far apart have nothing to do with each other. */
const RESET_MS = 120_000;

/** Exponential with full jitter, as client-go's reflector: 0.8 s to 8 s. */
export function createBackoff(clock: Clock): Backoff {
  let limit = FIRST_MS;
  let last = Number.NEGATIVE_INFINITY;
  return {
    next(atLeastMs = 0) {
      if (clock.now() - last > RESET_MS) limit = FIRST_MS;
      const wait = atLeastMs + limit * clock.random();
      limit = Math.min(limit * FACTOR, LONGEST_MS);
      last = clock.now() + wait;
      return wait;
    },
  };
}
