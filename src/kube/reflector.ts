import { DevMachineError } from '../devmachine/errors.ts';
import type { Clock } from './backoff.ts';
import { createBackoff } from './backoff.ts';
import type { Connection } from './connection.ts';
import { listAll } from './list.ts';
import { compareVersions } from './resource-version.ts';
import type { Store, Stored } from './store.ts';
import { ExpiredError, watch } from './watch.ts';

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
  readonly reduce: (object: unknown) => T;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly log: Log;
  /** After how long without a word a watch is made anew. */
  readonly silenceMs?: number;
  /** How each try has ended: a list or a watch that was granted (undefined), or what it failed with. */
  readonly onAnswer?: (error: unknown) => void;
}

const SILENCE_MS = 90_000;
/** A watch that ends sooner, without an event, counts as a failure: else a server that closes at once makes us spin. */
const SHORT_WATCH_MS = 1_000;

/**
 * Keeps `store` equal to the cluster, as client-go's Reflector does, until `signal` is aborted. It never gives up:
 *
 *     list ──ok──▶ watch ──ended, silent, reset──▶ watch (from the last version)
 *      ▲            │ expired, gone back in time
 *      └────────────┘
 *     any other failure: wait (backoff, Retry-After), then go on where it was
 */
export async function reflect<T extends Stored>(
  options: ReflectorOptions<T>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, path } = options;
  const backoff = createBackoff(clock);
  let from: string | undefined;
  while (!signal.aborted) {
    try {
      from ??= await fill(options, signal);
      from = await follow(options, from, signal);
    } catch (error) {
      if (signal.aborted) return;
      options.onAnswer?.(error);
      if (error instanceof ExpiredError) from = undefined;
      else if (from !== undefined) from = options.store.version;
      const wait = backoff.next(retryAfterMs(error));
      log.warn(
        { path, err: error, waitMs: Math.round(wait) },
        from ? 'watch failed' : 'list failed or out of date',
      );
      await clock.sleep(wait, signal);
    }
  }
}

async function fill<T extends Stored>(options: ReflectorOptions<T>, signal: AbortSignal): Promise<string> {
  const { connection, path, query, reduce, store, log } = options;
  const { items, resourceVersion } = await listAll(connection, path, reduce, signal, query);
  store.replace(items, resourceVersion);
  options.onAnswer?.(undefined);
  log.info({ path, items: items.length, resourceVersion }, 'listed');
  return resourceVersion;
}

/** One watch; returns the version to go on from. */
async function follow<T extends Stored>(
  { connection, path, query, reduce, store, clock, onAnswer, silenceMs = SILENCE_MS }: ReflectorOptions<T>,
  from: string,
  signal: AbortSignal,
): Promise<string> {
  const onOpen = () => onAnswer?.(undefined);
  const began = clock.now();
  let last = from;
  let events = 0;
  for await (const { type, object } of watch(connection, path, from, {
    clock,
    silenceMs,
    signal,
    onOpen,
    ...(query ? { query } : {}),
  })) {
    events++;
    const { resourceVersion } = object.metadata;
    if (type === 'BOOKMARK') {
      if (compareVersions(resourceVersion, last) < 0)
        throw new ExpiredError('the cluster has gone back in time');
      store.progress(resourceVersion);
    } else if (type === 'DELETED') store.remove(reduce(object));
    else store.upsert(reduce(object));
    if (compareVersions(resourceVersion, last) > 0) last = resourceVersion;
  }
  signal.throwIfAborted();
  if (events === 0 && clock.now() - began < SHORT_WATCH_MS) throw new Error('the watch was closed at once');
  return last;
}

/** What the cluster asks for. Without an answer of its own (the cause is an Error), the advice is ours, for our callers. */
const retryAfterMs = (error: unknown): number =>
  error instanceof DevMachineError && !(error.cause instanceof Error)
    ? (error.retryAfterSeconds ?? 0) * 1_000
    : 0;
