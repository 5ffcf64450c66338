import { compareVersions } from './resource-version.ts';

export interface Stored {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface Change<T> {
  readonly type: 'added' | 'modified' | 'deleted';
  /** The object as it is now; for `deleted`, as it was last known. */
  readonly item: T;
}

export type Listener<T> = (change: Change<T>) => void;

/**
 * The objects of one watch. It is fed twice: by the watch, in order, and by answers of the API server to our own requests
 * (`observe`, `forget`), which can be ahead of the watch.
 *
 * Invariants: an object never goes back to an older version; what is observed ahead of the watch stays until the watch
 * has passed it; a uid that is gone stays gone.
 */
export class Store<T extends Stored> {
  readonly #items = new Map<string, T>();
  /** Keys that were observed ahead of the watch, and not seen by it yet. */
  readonly #ahead = new Set<string>();
  /** Uids that the API server has told us are gone, until the watch says so too. */
  readonly #gone = new Set<string>();
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
    return this.#items.get(`${namespace}/${name}`);
  }

  values(): IterableIterator<T> {
    return this.#items.values();
  }

  /** Calls `listener` for every change from now on. Returns the way to stop it. One that throws hurts nobody else. */
  subscribe(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A whole list: what it does not hold is deleted, but for what was observed after it was made. */
  replace(items: readonly T[], version: string): void {
    this.#gone.clear();
    const listed = new Map(items.map((item) => [keyOf(item), item]));
    for (const [key, item] of this.#items) {
      const newer = this.#ahead.has(key) && compareVersions(item.resourceVersion, version) > 0;
      if (!listed.has(key) && !newer) this.#delete(key, item);
    }
    for (const [key, item] of listed) {
      const known = this.#items.get(key);
      const newer =
        known && this.#ahead.has(key) && compareVersions(known.resourceVersion, item.resourceVersion) > 0;
      if (!newer) this.#put(key, item);
    }
    this.#version = version;
  }

  /** An ADDED or MODIFIED event. */
  upsert(item: T): void {
    const key = keyOf(item);
    const known = this.#items.get(key);
    const older = known && compareVersions(known.resourceVersion, item.resourceVersion) > 0;
    if (!older && !this.#gone.has(item.uid)) this.#put(key, item);
    this.progress(item.resourceVersion);
  }

  /** A DELETED event; one of an earlier object of the same name leaves the present one alone. */
  remove(item: T): void {
    const key = keyOf(item);
    this.#gone.delete(item.uid);
    const known = this.#items.get(key);
    if (known?.uid === item.uid) this.#delete(key, item);
    this.progress(item.resourceVersion);
  }

  /** The watch has told everything up to `version` (an event, or a bookmark). */
  progress(version: string): void {
    if (this.#version === undefined || compareVersions(version, this.#version) > 0) this.#version = version;
    for (const key of this.#ahead) this.#settle(key, this.#version);
  }

  /** An object of an answer. It is kept only where the watch has yet to come to it: else the watch knows better. */
  observe(item: T): void {
    const key = keyOf(item);
    const known = this.#items.get(key);
    if (this.#version === undefined || this.#gone.has(item.uid)) return;
    if (compareVersions(item.resourceVersion, this.#version) <= 0) return;
    if (known && compareVersions(known.resourceVersion, item.resourceVersion) >= 0) return;
    this.#put(key, item);
    this.#ahead.add(key);
  }

  /** An answer said that the object is gone for good. */
  forget(namespace: string, name: string, uid: string): void {
    const key = `${namespace}/${name}`;
    const known = this.#items.get(key);
    if (known?.uid !== uid) return;
    this.#gone.add(uid);
    this.#delete(key, known);
  }

  /** Drops what was observed and has been passed by the watch without a word: it was gone again by then. */
  #settle(key: string, version: string): void {
    const item = this.#items.get(key);
    if (item && compareVersions(item.resourceVersion, version) > 0) return;
    this.#ahead.delete(key);
    if (item) this.#delete(key, item);
  }

  #put(key: string, item: T): void {
    const known = this.#items.get(key);
    this.#ahead.delete(key);
    if (known?.uid === item.uid && known.resourceVersion === item.resourceVersion) return;
    if (known && known.uid !== item.uid) this.#delete(key, known);
    this.#items.set(key, item);
    this.#emit({ type: known?.uid === item.uid ? 'modified' : 'added', item });
  }

  #delete(key: string, item: T): void {
    this.#items.delete(key);
    this.#ahead.delete(key);
    this.#emit({ type: 'deleted', item });
  }

  #emit(change: Change<T>): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}

const keyOf = ({ namespace, name }: Stored): string => `${namespace}/${name}`;
