import type { KubeConfig } from '@kubernetes/client-node';
import { type Clock, systemClock } from './clock.ts';
import { withRetries } from './retry.ts';
import { withDeadline } from './timeout.ts';
import { type KubeClient, openTransport, type RequestClient } from './transport.ts';
import type { UpgradeClient } from './upgrade.ts';

/** The only way from this process to the API server. */
export interface ClusterClient extends KubeClient, UpgradeClient {
  /** Runs one call of a user: all requests that `work` sends, with their retries, share one deadline. */
  call<T>(signal: AbortSignal, work: (client: RequestClient, signal: AbortSignal) => Promise<T>): Promise<T>;
  /** How many requests were retries, since the start. */
  retries(): number;
  close(): Promise<void>;
}

export interface ClientOptions {
  /** Deadline of a call, and of each request outside a call, in ms. For a stream and a WebSocket, until its headers have arrived. */
  readonly timeoutMs: number;
  readonly clock?: Clock;
}

interface Limited {
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Composes the client. Every request passes exactly one deadline:
 *
 *     call ─────────── deadline ── retries ──┐
 *     request, stream, upgrade ── deadline ──┴──▶ transport ──▶ API server
 *
 * Informers and the health check use `request` and `stream`: they have their own backoff.
 */
export function openClient(
  loadConfig: () => KubeConfig,
  { timeoutMs, clock = systemClock }: ClientOptions,
): ClusterClient {
  const transport = openTransport(loadConfig);
  let retries = 0;
  const retrying = withRetries(transport, clock, () => retries++);
  const limited = <R extends Limited, T>(request: R, send: (request: R) => Promise<T>): Promise<T> =>
    withDeadline(request.timeoutMs ?? timeoutMs, request.signal, (signal) => send({ ...request, signal }));
  return {
    request: (request) => limited(request, transport.request),
    stream: (request) => limited(request, transport.stream),
    upgrade: (request) => limited(request, transport.upgrade),
    call: (caller, work) => withDeadline(timeoutMs, caller, (signal) => work(retrying, signal)),
    retries: () => retries,
    close: () => transport.close(),
  };
}
