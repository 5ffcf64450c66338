import { NamespacedMap } from './namespaced-map.ts';
import { compareVersions } from './resource-version.ts';

export interface Stored {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface Delta<T> {
  readonly type: 'added' | 'modified' | 'deleted';
  /** The object as it is now; for `deleted`, as it was last known. */
  readonly item: T;
  /** For `modified` and `deleted`, the item that was held until now. */
  readonly before: T | undefined;
}

export type Listener<T> = (change: Delta<T>) => void;

/** How many uids that are gone are remembered at most: those that the watch has told of before the answer stay behind. */
const MOST_GONE = 10_000;

/**
 * The objects of one watch. It is fed twice: by the watch, in order, and by answers of the API server to our own requests
 * (`observe`, `forget`), which can be ahead of the watch, or late.
 *
 * Invariants: an object never goes back to an older version; what is observed ahead of the watch stays until the watch
 * has passed it; a uid that is gone stays gone. They end where the cluster itself goes back in time.
 */
export class Store<T extends Stored> {
  readonly #items = new NamespacedMap<T>();
  /** Keys of which an answer has told more than the watch, and up to which version. */
  readonly #ahead = new Map<string, string>();
  /** Uids that an answer has said are gone, until the watch says so too; with the version of the watch at that time. */
  readonly #gone = new Map<string, string | undefined>();
  readonly #listeners = new Set<Listener<T>>();
  readonly #onListenerError: (error: unknown) => void;
  /** The version up to which the watch has told everything. */
  #version: string | undefined;

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  get synced(): boolean {
    return this.#version !== undefined;
  }

  get version(): string | undefined {
    return this.#version;
  }

  get size(): number {
    return this.#items.size;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#items.get(namespace, name);
  }

  values(): Iterable<T> {
    return this.#items.values();
  }

  /** Calls `listener` for every change from now on. Returns the way to stop it. One that throws hurts nobody else. */
  subscribe(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A part of the first list, put in its place while the rest is on its way: `replace` still has the last word. */
  prefill(items: readonly T[]): void {
    if (this.synced) return;
    for (const item of items) if (!this.#gone.has(item.uid)) this.#put(item);
  }

  /** A whole list: what it does not hold is deleted, but for what was observed after it was made. */
  replace(items: readonly T[], version: string): void {
    if (this.#version !== undefined && compareVersions(version, this.#version) < 0) this.#goBack();
    // What was gone before the watch told its last is gone from the list: if it is there, a backup has brought it back.
    for (const [uid, seen] of this.#gone) if (seen !== this.#version) this.#gone.delete(uid);
    const listed = items.filter(({ uid }) => !this.#gone.has(uid));
    if (this.#items.size > 0) this.#deleteAllBut(listed, version);
    for (const item of listed) if (!this.#isAhead(item, version)) this.#put(item);
    this.#version = version;
  }

  /** An ADDED or MODIFIED event. */
  upsert(item: T): void {
    const { resourceVersion, uid } = item;
    if (this.#hasPassed(resourceVersion)) return;
    if (!this.#isAhead(item, resourceVersion) && !this.#gone.has(uid)) this.#put(item);
    this.progress(resourceVersion);
  }

  /** A DELETED event; one of an earlier object of the same name leaves the present one alone. */
  remove(item: T): void {
    this.#gone.delete(item.uid);
    if (this.get(item.namespace, item.name)?.uid === item.uid) this.#delete(item);
    this.progress(item.resourceVersion);
  }

  /** The watch has told everything up to `version` (an event, or a bookmark). */
  progress(version: string): void {
    if (!this.#hasPassed(version)) this.#version = version;
    for (const [key, known] of this.#ahead) if (this.#hasPassed(known)) this.#settle(key);
  }

  /** An object of an answer. It is kept only where the watch has yet to come to it: else the watch knows better. */
  observe(item: T): void {
    const { resourceVersion, uid } = item;
    if (this.#version === undefined || this.#hasPassed(resourceVersion) || this.#gone.has(uid)) return;
    const key = keyOf(item);
    const known = this.#ahead.get(key);
    if (known !== undefined && compareVersions(known, resourceVersion) >= 0) return;
    this.#put(item);
    this.#ahead.set(key, resourceVersion);
  }

  /** An answer said that the object is gone for good. */
  forget(namespace: string, name: string, uid: string): void {
    this.#gone.set(uid, this.#version);
    const [oldest = uid] = this.#gone.keys();
    if (this.#gone.size > MOST_GONE) this.#gone.delete(oldest);
    const key = `${namespace}/${name}`;
    const item = this.get(namespace, name);
    if (item?.uid !== uid) return;
    const known = this.#ahead.get(key);
    this.#delete(item);
    // The watch has yet to tell of earlier objects of this name, which are gone as well.
    if (known !== undefined) this.#ahead.set(key, known);
  }

  #deleteAllBut(listed: readonly T[], version: string): void {
    const kept = new NamespacedMap<true>();
    for (const { namespace, name } of listed) kept.set(namespace, name, true);
    for (const item of [...this.#items.values()]) {
      if (!kept.get(item.namespace, item.name) && !this.#isAhead(item, version)) this.#delete(item);
    }
  }

  #hasPassed(version: string): boolean {
    return this.#version !== undefined && compareVersions(version, this.#version) <= 0;
  }

  #isAhead(item: Stored, version: string): boolean {
    if (this.#ahead.size === 0) return false;
    const known = this.#ahead.get(keyOf(item));
    return known !== undefined && compareVersions(known, version) > 0;
  }

  /** Drops what was observed and has been passed by the watch without a word: it was gone again by then. */
  #settle(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const item = this.get(namespace, name);
    this.#ahead.delete(key);
    if (item) this.#delete(item);
  }

  /** The cluster was restored to an older state: what answers have told no longer holds. */
  #goBack(): void {
    this.#ahead.clear();
    this.#gone.clear();
  }

  #put(item: T): void {
    const { namespace, name, uid, resourceVersion } = item;
    const before = this.get(namespace, name);
    if (this.#ahead.size > 0) this.#ahead.delete(keyOf(item));
    if (before?.uid === uid && before.resourceVersion === resourceVersion) return;
    if (before && before.uid !== uid) this.#delete(before);
    this.#items.set(namespace, name, item);
    if (before?.uid === uid) this.#emit({ type: 'modified', item, before });
    else this.#emit({ type: 'added', item, before: undefined });
  }

  /** `item` is the last that is known of what is held under its name. */
  #delete(item: T): void {
    const { namespace, name } = item;
    const before = this.get(namespace, name);
    this.#items.delete(namespace, name);
    if (this.#ahead.size > 0) this.#ahead.delete(keyOf(item));
    this.#emit({ type: 'deleted', item, before });
  }

  #emit(change: Delta<T>): void {
    for (const listener of [...this.#listeners]) {
      try {
        if (this.#listeners.has(listener)) listener(change);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}

const keyOf = ({ namespace, name }: Stored): string => `${namespace}/${name}`;
