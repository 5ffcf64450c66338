import { DevMachineError } from '../../devmachine/errors.ts';
import type { Clock } from '../client/backoff.ts';
import { createBackoff } from '../client/backoff.ts';
import type { Connection } from '../client/transport.ts';
import type { Freshness } from './freshness.ts';
import { type ClusterHealth, UNMONITORED } from './health.ts';
import { listAll } from './list-pager.ts';
import { compareVersions } from './resource-version.ts';
import type { Store, Stored } from './store.ts';
import { ExpiredError, type WatchEvent, watch } from './watch.ts';

export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface ReflectorOptions<T extends Stored> {
  readonly connection: Connection;
  /** What is listed and watched, such as /apis/…/devmachines. */
  readonly path: string;
  /** labelSelector, fieldSelector: what of it; without them, all. */
  readonly query?: Readonly<Record<string, string>>;
  readonly transform: (object: unknown) => T;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly log: Log;
  /** Is told how far the store has come; without one, nobody is. */
  readonly freshness?: Freshness;
  /** Without one, failures are waited out, and a restored cluster is noticed by the watch alone. */
  readonly pulse?: Pick<ClusterHealth, 'back' | 'restored'>;
  /** After how long without a word a watch is made anew. */
  readonly silenceMs?: number | undefined;
  /** A page of a list has come. */
  readonly onPage?: () => void;
  /** How each try has ended: a list or a watch that was granted (undefined), or what it failed with. */
  readonly onAnswer?: (error: unknown) => void;
}

/**
 * A connection that is dead without a word is found out only by a new one, so this bounds for how long it can pass for a
 * quiet one. A new watch is a small request.
 */
const SILENCE_MS = 30_000;
/** A watch that ends sooner, without an event, counts as a failure: else a server that closes at once makes us spin. */
const SHORT_WATCH_MS = 1_000;

/**
 * Keeps `store` equal to the cluster, as client-go's Reflector does, until `signal` is aborted. It never gives up:
 *
 *     list ──ok──▶ watch ──ended, silent, reset──▶ watch (from the last version)
 *      ▲            │ expired, gone back in time
 *      └────────────┘
 *     any other failure: wait (backoff, Retry-After; or until the cluster is back), then go on where it was
 */
export async function reflect<T extends Stored>(
  options: ReflectorOptions<T>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, path, pulse = UNMONITORED } = options;
  let backoff = createBackoff(clock);
  let { back, restored } = pulse;
  let from: string | undefined;
  let wasExpired = false;

  /** What was away and is back need not be waited for; what asks us to wait is. */
  async function rest(error: unknown, what: string): Promise<void> {
    // The failures before it were those of a cluster that was away. And that a version is too old is an answer: only when
    // the next list leads there too, something is wrong.
    const isExpired = error instanceof ExpiredError;
    if (back.aborted || (isExpired && !wasExpired)) backoff = createBackoff(clock);
    if (back.aborted) back = pulse.back;
    wasExpired = isExpired;
    const asked = retryAfterMs(error);
    const wait = backoff.next(asked);
    log.warn({ path, err: error, waitMs: Math.round(wait) }, what);
    await clock.sleep(wait, asked > 0 ? signal : AbortSignal.any([signal, back]));
  }

  async function read(): Promise<void> {
    if (from === undefined) {
      restored = pulse.restored;
      from = await fill(options, signal);
    }
    from = await follow(options, from, restored, signal);
  }

  while (!signal.aborted) {
    try {
      await read();
    } catch (error) {
      if (signal.aborted) return;
      options.onAnswer?.(error);
      if (error instanceof ExpiredError) from = undefined;
      else if (from !== undefined) from = options.store.version;
      await rest(error, from === undefined ? 'list failed or out of date' : 'watch failed');
    }
  }
}

async function fill<T extends Stored>(options: ReflectorOptions<T>, signal: AbortSignal): Promise<string> {
  const { connection, path, query, transform, store, log, freshness } = options;
  const askedAt = options.clock.now();
  const onPage = (page: readonly T[]) => {
    store.prefill(page);
    options.onPage?.();
  };
  const { items, resourceVersion } = await listAll(connection, path, transform, signal, query, onPage);
  store.replace(items, resourceVersion);
  freshness?.listed(askedAt);
  options.onAnswer?.(undefined);
  log.info({ path, items: items.length, resourceVersion }, 'listed');
  return resourceVersion;
}

/** One watch; returns the version to go on from. `restored` is aborted when there is no going on from any version known. */
async function follow<T extends Stored>(
  options: ReflectorOptions<T>,
  from: string,
  restored: AbortSignal,
  signal: AbortSignal,
): Promise<string> {
  const { connection, path, query, clock, silenceMs = SILENCE_MS, freshness } = options;
  const onOpen = () => {
    freshness?.granted();
    options.onAnswer?.(undefined);
  };
  const began = clock.now();
  let last = from;
  let events = 0;
  const until = AbortSignal.any([signal, restored]);
  const watchOptions = { clock, silenceMs, signal: until, onOpen, ...(query ? { query } : {}) };
  try {
    for await (const event of watch(connection, path, from, watchOptions)) {
      events++;
      last = take(options, event, last);
      freshness?.told();
    }
    until.throwIfAborted();
  } catch (error) {
    throw restored.aborted ? new ExpiredError('the cluster has gone back in time') : error;
  } finally {
    freshness?.ended();
  }
  if (events === 0 && clock.now() - began < SHORT_WATCH_MS) throw new Error('the watch was closed at once');
  return last;
}

/** Takes one event in; returns the version to go on from. */
function take<T extends Stored>(
  { transform, store }: ReflectorOptions<T>,
  { type, object }: WatchEvent,
  last: string,
): string {
  const { resourceVersion } = object.metadata;
  if (type === 'BOOKMARK') {
    if (compareVersions(resourceVersion, last) < 0)
      throw new ExpiredError('the cluster has gone back in time');
    store.progress(resourceVersion);
  } else if (type === 'DELETED') store.remove(transform(object));
  else store.upsert(transform(object));
  return compareVersions(resourceVersion, last) > 0 ? resourceVersion : last;
}

/** What the cluster asks for. Without an answer of its own (the cause is an Error), the advice is ours, for our callers. */
const retryAfterMs = (error: unknown): number =>
  error instanceof DevMachineError && !(error.cause instanceof Error)
    ? (error.retryAfterSeconds ?? 0) * 1_000
    : 0;
