import { DevMachineError } from '../../devmachine/errors.ts';
import type { Clock } from './clock.ts';
import type { KubeRequest, KubeResponse, RequestClient } from './transport.ts';

const MAX_ATTEMPTS = 4;
const INITIAL_WAIT_MS = 100;
/** A longer Retry-After is passed on to the caller. */
const MAX_RETRY_AFTER_MS = 2_000;
/** Retries that each request adds to the budget: a cluster that refuses most requests gets at most 20 % more of them. */
const BUDGET_PER_REQUEST = 0.2;
/** The budget at the start, and its maximum. */
const MAX_BUDGET = 20;

/**
 * Retries requests that the API server throttled (429), and those that failed (5xx, no connection) if they are safe to
 * retry: after a random wait that doubles, and not before Retry-After. All requests share one retry budget.
 */
export function withRetries(client: RequestClient, clock: Clock, onRetry?: () => void): RequestClient {
  let budget = MAX_BUDGET;
  return {
    async request(request) {
      budget = Math.min(MAX_BUDGET, budget + BUDGET_PER_REQUEST);
      for (let attempt = 1; ; attempt++) {
        const outcome = await settle(client.request(request));
        const wait = waitBeforeRetry(outcome, request, attempt, clock.random());
        if (wait === undefined || budget < 1) return unwrap(outcome);
        budget--;
        onRetry?.();
        await clock.sleep(wait, request.signal);
        request.signal.throwIfAborted();
      }
    },
  };
}

type Outcome = { readonly response: KubeResponse } | { readonly error: unknown };

const settle = (response: Promise<KubeResponse>): Promise<Outcome> =>
  response.then(
    (value) => ({ response: value }),
    (error: unknown) => ({ error }),
  );

function unwrap(outcome: Outcome): KubeResponse {
  if ('error' in outcome) throw outcome.error;
  return outcome.response;
}

/** In ms; undefined: do not retry. */
function waitBeforeRetry(
  outcome: Outcome,
  { method = 'GET', retryable = method === 'GET' }: KubeRequest,
  attempt: number,
  random: number,
): number | undefined {
  if (attempt >= MAX_ATTEMPTS || !(isThrottled(outcome) || (retryable && hasFailed(outcome))))
    return undefined;
  const retryAfterMs =
    'response' in outcome ? 1_000 * Number(outcome.response.headers['retry-after'] ?? 0) : 0;
  if (retryAfterMs > MAX_RETRY_AFTER_MS) return undefined;
  return (retryAfterMs || 0) + INITIAL_WAIT_MS * 2 ** (attempt - 1) * random;
}

/** The API server refused the request before it did anything. */
const isThrottled = (outcome: Outcome): boolean => 'response' in outcome && outcome.response.status === 429;

/** The request may have taken effect, or may still. One that timed out has used up its deadline. */
const hasFailed = (outcome: Outcome): boolean =>
  'response' in outcome
    ? outcome.response.status >= 500
    : outcome.error instanceof DevMachineError && outcome.error.code === 'cluster-unavailable';
