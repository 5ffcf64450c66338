import { LRUCache } from 'lru-cache';
import { DevMachineError } from '../../devmachine/errors.ts';

const MINUTE_MS = 60_000;
/** The least recently seen keys are forgotten: their next request is their first one. */
const MAX_KEYS = 20_000;

/**
 * A token bucket for each key, in the form of GCRA: it keeps only the time at which the bucket is full again. A key may send
 * `perMinute` requests at once, and after that as many per minute.
 */
export class RateLimiter {
  readonly #costMs: number;
  readonly #fullAt = new LRUCache<string, number>({ max: MAX_KEYS });

  constructor(perMinute: number) {
    this.#costMs = MINUTE_MS / perMinute;
  }

  /** The number of keys that are remembered. */
  get size(): number {
    return this.#fullAt.size;
  }

  /** Counts a request at `now`, in ms. Throws too-many-requests. */
  take(key: string, now: number = performance.now()): void {
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now) + this.#costMs;
    const waitMs = fullAt - now - MINUTE_MS;
    // Sums of fractions are inexact.
    if (waitMs > 0.001) throw tooManyRequests(waitMs / 1_000);
    this.#fullAt.set(key, fullAt);
  }
}

/** The key of a client address. An IPv6 address counts as its /64, of which one client has all addresses. */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...(tail === undefined ? [] : zeros), ...after].slice(0, 4).join(':');
}

const tooManyRequests = (retryAfterSeconds: number): DevMachineError =>
  new DevMachineError('too-many-requests', 'You have sent too many requests (RATE_LIMIT_PER_MINUTE).', {
    retryAfterSeconds,
  });
