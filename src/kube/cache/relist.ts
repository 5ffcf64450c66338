import type { Clock } from '../client/clock.ts';
import type { RequestClient } from '../client/transport.ts';
import type { Freshness } from './freshness.ts';
import { listAll } from './list-pager.ts';
import type { Log } from './log.ts';
import type { Store, Stored } from './store.ts';
import { spreadOverTurns } from './turns.ts';

/** Decides which objects of a collection a store keeps. An object that it leaves out may be added later (Store.admit). */
export interface Admission<T> {
  /** Whether to keep an object. */
  admit(item: T): boolean;
  /** Of the objects that were left out, the cluster still has these: they were left out of a complete list. */
  retain(uids: ReadonlySet<string>): void;
  /** The cluster has deleted the object, whether it was left out or not. */
  forget(uid: string): void;
}

export interface RelistOptions<T extends Stored> {
  readonly client: RequestClient;
  /** The collection, such as /apis/…/devmachines. */
  readonly path: string;
  /** labelSelector and fieldSelector; without them, the whole collection. */
  readonly selectors?: Readonly<Record<string, string>>;
  /** Converts each object on arrival (client-go's TransformFunc). */
  readonly transform: (object: unknown) => T;
  /** Without it, all objects are kept. */
  readonly admission?: Admission<T> | undefined;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly log: Log;
  /** Is told of each list and watch event. */
  readonly freshness?: Freshness;
  /** A page of a list has arrived. */
  readonly onPage?: () => void;
  /** A list or watch succeeded (undefined), or failed with this error. */
  readonly onAttempt?: (error: unknown) => void;
}

/** Lists the whole collection, and replaces the objects in the store with it. Resolves to the version of the list. */
export async function relist<T extends Stored>(
  options: RelistOptions<T>,
  signal: AbortSignal,
): Promise<string> {
  const { client, path, selectors = {}, transform, admission, store, clock, log, freshness } = options;
  const requestedAt = clock.now();
  const leftOut = new Set<string>();
  const admit = (item: T): boolean => {
    const isKept = admission?.admit(item) ?? true;
    if (!isKept) leftOut.add(item.uid);
    return isKept;
  };
  const { items, resourceVersion } = await listAll({
    client,
    path,
    selectors,
    transform,
    admit,
    onItem: (item) => store.prefill(item),
    onPage: options.onPage,
    onRestart: () => leftOut.clear(),
    signal,
  });
  admission?.retain(leftOut);
  await spreadOverTurns(store.replaceInSteps(items, resourceVersion, leftOut));
  freshness?.listed(requestedAt);
  options.onAttempt?.(undefined);
  log.info({ path, items: items.length, resourceVersion }, 'listed');
  return resourceVersion;
}
