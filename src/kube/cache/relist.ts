import { setImmediate } from 'node:timers/promises';
import { listAll } from './list-pager.ts';
import type { ReflectorOptions } from './reflector.ts';
import type { Stored } from './store.ts';

/** Decides which objects of a collection a store keeps. An object that it leaves out may be added later (Store.admit). */
export interface Admission<T> {
  /** Whether to keep an object. */
  admit(item: T): boolean;
  /** Of the objects that were left out, the cluster still has these: they were left out of a complete list. */
  retain(uids: ReadonlySet<string>): void;
  /** The cluster has deleted the object, whether it was left out or not. */
  forget(uid: string): void;
}

/** Lists the whole collection, and replaces the objects in the store with it. Resolves to the version of the list. */
export async function relist<T extends Stored>(
  options: ReflectorOptions<T>,
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
  const onPage = (page: readonly T[]) => {
    store.prefill(page);
    options.onPage?.();
  };
  const { items, resourceVersion } = await listAll({
    client,
    path,
    selectors,
    transform,
    admit,
    onPage,
    onRestart: () => leftOut.clear(),
    signal,
  });
  admission?.retain(leftOut);
  for (const _ of store.replaceInBatches(items, resourceVersion, { leftOut })) await setImmediate();
  freshness?.listed(requestedAt);
  options.onAttempt?.(undefined);
  log.info({ path, items: items.length, resourceVersion }, 'listed');
  return resourceVersion;
}
