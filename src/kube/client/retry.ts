import { DevMachineError } from '../../devmachine/errors.ts';
import type { Clock } from './backoff.ts';
import type { Connection, KubeRequest, KubeResponse } from './transport.ts';

/** How often a request is sent at most. */
const TRIES = 4;
const FIRST_WAIT_MS = 100;
/** Whoever is asked to wait for longer passes that on to the caller. */
const LONGEST_WAIT_MS = 2_000;
/** Of a hundred requests, so many may be sent again: a cluster that refuses most of them gets little more of them. */
const RETRIES_PERCENT = 20;
/** What may be saved up, and is there at the start. */
const MOST_RETRIES = 20;

/**
 * Sends a request again that the cluster had no time for (429), or that failed (5xx, no connection) and is safe to repeat;
 * after a wait at random, which doubles, and not before the cluster's Retry-After. All requests share one budget.
 */
export function withRetries(connection: Connection, clock: Clock, onRetry?: () => void): Connection {
  let budget = MOST_RETRIES;

  async function request(options: KubeRequest): Promise<KubeResponse> {
    budget = Math.min(MOST_RETRIES, budget + RETRIES_PERCENT / 100);
    for (let tries = 1; ; tries++) {
      const outcome = await settle(connection.request(options));
      const wait = waitBefore(outcome, options, tries, clock.random());
      if (wait === undefined || budget < 1) return unwrap(outcome);
      budget--;
      onRetry?.();
      await clock.sleep(wait, options.signal);
      options.signal.throwIfAborted();
    }
  }

  return { ...connection, request };
}

type Outcome = { readonly reply: KubeResponse } | { readonly error: unknown };

const settle = (reply: Promise<KubeResponse>): Promise<Outcome> =>
  reply.then(
    (value) => ({ reply: value }),
    (error: unknown) => ({ error }),
  );

function unwrap(outcome: Outcome): KubeResponse {
  if ('error' in outcome) throw outcome.error;
  return outcome.reply;
}

/** undefined: it is not to be sent again. */
function waitBefore(
  outcome: Outcome,
  { method = 'GET', repeatable = method === 'GET' }: KubeRequest,
  tries: number,
  random: number,
): number | undefined {
  if (tries >= TRIES || !(isUntouched(outcome) || (repeatable && hasFailed(outcome)))) return undefined;
  const asked = 'reply' in outcome ? 1_000 * Number(outcome.reply.headers['retry-after'] ?? 0) : 0;
  if (asked > LONGEST_WAIT_MS) return undefined;
  return (asked || 0) + FIRST_WAIT_MS * 2 ** (tries - 1) * random;
}

/** The cluster has not begun with it. */
const isUntouched = (outcome: Outcome): boolean => 'reply' in outcome && outcome.reply.status === 429;

/** It may have taken effect, or may still. A request that was waited for in vain has used up its time. */
const hasFailed = (outcome: Outcome): boolean =>
  'reply' in outcome
    ? outcome.reply.status >= 500
    : outcome.error instanceof DevMachineError && outcome.error.code === 'cluster-unavailable';
