import { DevMachineError } from '../../devmachine/errors.ts';
import { NotServedError } from '../client/api-errors.ts';
import { createBackoff } from '../client/backoff.ts';
import type { KubeClient } from '../client/transport.ts';
import { type ClusterHealth, UNMONITORED } from './health.ts';
import { type RelistOptions, relist } from './relist.ts';
import { compareVersions } from './resource-version.ts';
import type { Stored } from './store.ts';
import { ExpiredError, type WatchEvent, watch } from './watch.ts';

export interface ReflectorOptions<T extends Stored> extends RelistOptions<T> {
  readonly client: KubeClient;
  /** Ends waits when the API server is reachable again, and reports a restored cluster. */
  readonly health?: Pick<ClusterHealth, 'reconnected' | 'restored'>;
  /** How long a watch may send nothing before a new one replaces it, in ms. */
  readonly silenceMs?: number | undefined;
}

/** Bounds how long a half-open connection can pass for a quiet watch. A new watch is a small request. */
const SILENCE_MS = 30_000;
/** A shorter watch without events counts as a failure, so that a server that closes at once causes no busy loop. */
const MIN_WATCH_MS = 1_000;

/**
 * Keeps `store` equal to the cluster until `signal` is aborted, as client-go's Reflector does. It never gives up:
 *
 *     list ──ok──▶ watch ──ended, silent, reset──▶ watch (from the last version)
 *      ▲            │ version expired, cluster restored
 *      └────────────┘
 *     any other failure: wait (backoff, Retry-After, or until reconnected), then continue where it was
 */
export async function runReflector<T extends Stored>(
  options: ReflectorOptions<T>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, store, health = UNMONITORED } = options;
  let backoff = createBackoff(clock);
  let { reconnected, restored } = health;
  let version: string | undefined;
  /** Why the last list or watch failed; undefined after one that did not. */
  let lastError: unknown;

  async function waitAfter(error: unknown, what: string): Promise<void> {
    // Failures from before the reconnect no longer count. An expired version is a valid answer: it counts as a failure
    // only if the list that follows leads to another one.
    if (reconnected.aborted || isNewly(ExpiredError, error, lastError)) backoff = createBackoff(clock);
    if (reconnected.aborted) reconnected = health.reconnected;
    const requestedMs = retryAfterMs(error);
    const waitMs = backoff.next(requestedMs);
    logFailure(options, { error, lastError, waitMs, what });
    lastError = error;
    // A reconnect ends the wait, unless the API server has asked for it (Retry-After).
    await clock.sleep(waitMs, requestedMs > 0 ? signal : AbortSignal.any([signal, reconnected]));
  }

  async function listAndWatch(): Promise<void> {
    if (version === undefined) {
      restored = health.restored;
      version = await relist(options, signal);
    }
    version = await watchOnce(options, version, restored, signal);
  }

  while (!signal.aborted) {
    try {
      await listAndWatch();
      lastError = undefined;
    } catch (error) {
      if (signal.aborted) return;
      options.onAttempt?.(error);
      if (needsList(error)) version = undefined;
      else if (version !== undefined) version = store.version;
      await waitAfter(error, version === undefined ? 'list failed or out of date' : 'watch failed');
    }
  }
}

interface Failure {
  readonly error: unknown;
  readonly lastError: unknown;
  readonly waitMs: number;
  readonly what: string;
}

/** A CRD may be missing for as long as the process runs: that is logged once. */
function logFailure<T extends Stored>(
  { log, path }: ReflectorOptions<T>,
  { error, lastError, waitMs, what }: Failure,
): void {
  if (isNewly(NotServedError, error, lastError)) log.warn({ path }, 'not served by the cluster: no CRD');
  if (error instanceof NotServedError) return;
  log.warn({ path, err: error, waitMs: Math.round(waitMs) }, what);
}

/** Whether no watch can continue from the last version. */
const needsList = (error: unknown): boolean =>
  error instanceof ExpiredError || error instanceof NotServedError;

const isNewly = (type: typeof ExpiredError | typeof NotServedError, error: unknown, last: unknown): boolean =>
  error instanceof type && !(last instanceof type);

/** Runs one watch; returns the version from which the next one continues. Throws ExpiredError when `restored` is aborted. */
async function watchOnce<T extends Stored>(
  options: ReflectorOptions<T>,
  resourceVersion: string,
  restored: AbortSignal,
  signal: AbortSignal,
): Promise<string> {
  const { client, path, selectors, clock, silenceMs = SILENCE_MS, freshness } = options;
  const onOpen = () => {
    freshness?.opened();
    options.onAttempt?.(undefined);
  };
  const startedAt = clock.now();
  let last = resourceVersion;
  let events = 0;
  const until = AbortSignal.any([signal, restored]);
  const scope = { client, path, selectors, resourceVersion };
  try {
    for await (const event of watch({ ...scope, silenceMs, onOpen, clock, signal: until })) {
      events++;
      last = apply(options, event, last);
      freshness?.received();
    }
    until.throwIfAborted();
  } catch (error) {
    throw restored.aborted ? wentBackwards() : error;
  } finally {
    freshness?.closed();
  }
  if (events === 0 && clock.now() - startedAt < MIN_WATCH_MS)
    throw new Error('the watch was closed immediately');
  return last;
}

/** Applies one event to the store; returns the version from which a new watch would continue. */
function apply<T extends Stored>(
  { transform, admission, store }: ReflectorOptions<T>,
  { type, object }: WatchEvent,
  last: string,
): string {
  const { resourceVersion } = object.metadata;
  if (type === 'BOOKMARK') {
    if (compareVersions(resourceVersion, last) < 0) throw wentBackwards();
    store.progress(resourceVersion);
    return newer(resourceVersion, last);
  }
  const item = transform(object);
  if (type === 'DELETED') {
    admission?.forget(item.uid);
    store.remove(item);
  } else if (admission?.admit(item) ?? true) store.upsert(item);
  else store.progress(resourceVersion);
  return newer(resourceVersion, last);
}

const newer = (one: string, other: string): string => (compareVersions(one, other) > 0 ? one : other);

const wentBackwards = (): ExpiredError => new ExpiredError("the cluster's resourceVersion went backwards");

/** The API server's Retry-After. A DevMachineError caused by an Error has no response: its value is for our own clients. */
const retryAfterMs = (error: unknown): number =>
  error instanceof DevMachineError && !(error.cause instanceof Error)
    ? (error.retryAfterSeconds ?? 0) * 1_000
    : 0;
