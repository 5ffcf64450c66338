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
  /** The present object; for `deleted`, its last known state. */
  readonly item: T;
  /** For `modified` and `deleted`, the item that the store held until now. */
  readonly previous: T | undefined;
}

export type Listener<T> = (change: Delta<T>) => void;

/** Bounds the remembered uids: those whose DELETED event arrived before the response are never removed otherwise. */
const MAX_DELETED_UIDS = 10_000;

/**
 * The objects of one watch. The store has two sources: the watch, in order, and responses to this process's own requests
 * (`observe`, `forget`), which may be ahead of the watch, or late.
 *
 * Invariants: an object never returns to an older version; an object observed ahead of the watch stays until the watch
 * has passed its version; a deleted uid never reappears. They hold until the cluster is restored from a backup.
 */
export class Store<T extends Stored> {
  readonly #items = new NamespacedMap<T>();
  /** Versions of objects, by key, that were observed in a response ahead of the watch. */
  readonly #ahead = new Map<string, string>();
  /** Uids that a response reported as deleted, until the watch reports them too; with the watch's version at that time. */
  readonly #deletedUids = new Map<string, string | undefined>();
  readonly #listeners = new Set<Listener<T>>();
  readonly #onListenerError: (error: unknown) => void;
  /** The version up to which the watch has reported everything. */
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

  /** Calls `listener` for every delta from now on. Returns a function that unsubscribes. A listener may throw. */
  subscribe(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds a page of the first list before the rest arrives. `replace` with the whole list follows. */
  prefill(items: readonly T[]): void {
    if (this.synced) return;
    for (const item of items) if (!this.#deletedUids.has(item.uid)) this.#put(item);
  }

  /** A whole list: objects missing from it are deleted, unless they were observed at a later version. */
  replace(items: readonly T[], version: string): void {
    if (this.#version !== undefined && compareVersions(version, this.#version) < 0) this.#resetResponses();
    // A uid deleted before the watch's present version cannot be in the list, unless a backup was restored.
    for (const [uid, seen] of this.#deletedUids) if (seen !== this.#version) this.#deletedUids.delete(uid);
    const listed = items.filter(({ uid }) => !this.#deletedUids.has(uid));
    if (this.#items.size > 0) this.#deleteAllBut(listed, version);
    for (const item of listed) if (!this.#isAhead(item, version)) this.#put(item);
    this.#version = version;
  }

  /** An ADDED or MODIFIED event. */
  upsert(item: T): void {
    const { resourceVersion, uid } = item;
    if (this.#hasPassed(resourceVersion)) return;
    if (!this.#isAhead(item, resourceVersion) && !this.#deletedUids.has(uid)) this.#put(item);
    this.progress(resourceVersion);
  }

  /** A DELETED event. If it is about an earlier object of the same name, the present one stays. */
  remove(item: T): void {
    this.#deletedUids.delete(item.uid);
    if (this.get(item.namespace, item.name)?.uid === item.uid) this.#delete(item);
    this.progress(item.resourceVersion);
  }

  /** The watch has reported everything up to `version` (an event or a bookmark). */
  progress(version: string): void {
    if (!this.#hasPassed(version)) this.#version = version;
    for (const [key, known] of this.#ahead) if (this.#hasPassed(known)) this.#settle(key);
  }

  /** An object in a response. It is ignored if the watch has already passed its version. */
  observe(item: T): void {
    const { resourceVersion, uid } = item;
    if (this.#version === undefined || this.#hasPassed(resourceVersion) || this.#deletedUids.has(uid)) return;
    const key = keyOf(item);
    const known = this.#ahead.get(key);
    if (known !== undefined && compareVersions(known, resourceVersion) >= 0) return;
    this.#put(item);
    this.#ahead.set(key, resourceVersion);
  }

  /** Adds an object that was left out (Resource.admit) when the watch reported it. */
  admit(item: T): void {
    this.#put(item);
  }

  /** Leaves out an object that the cluster may still have. */
  leaveOut(item: T): void {
    if (this.get(item.namespace, item.name)?.uid === item.uid) this.#delete(item);
  }

  /** A response reported that the object is deleted. */
  forget(namespace: string, name: string, uid: string): void {
    this.#deletedUids.set(uid, this.#version);
    const [oldest = uid] = this.#deletedUids.keys();
    if (this.#deletedUids.size > MAX_DELETED_UIDS) this.#deletedUids.delete(oldest);
    const key = `${namespace}/${name}`;
    const item = this.get(namespace, name);
    if (item?.uid !== uid) return;
    const known = this.#ahead.get(key);
    this.#delete(item);
    // The watch may still report earlier objects of this name, which are deleted too.
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

  /** Drops an observed object whose version the watch has passed without an event: it was deleted in between. */
  #settle(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const item = this.get(namespace, name);
    this.#ahead.delete(key);
    if (item) this.#delete(item);
  }

  /** The cluster was restored from a backup: earlier responses no longer hold. */
  #resetResponses(): void {
    this.#ahead.clear();
    this.#deletedUids.clear();
  }

  #put(item: T): void {
    const { namespace, name, uid, resourceVersion } = item;
    const previous = this.get(namespace, name);
    if (this.#ahead.size > 0) this.#ahead.delete(keyOf(item));
    if (previous?.uid === uid && previous.resourceVersion === resourceVersion) return;
    if (previous && previous.uid !== uid) this.#delete(previous);
    this.#items.set(namespace, name, item);
    if (previous?.uid === uid) this.#emit({ type: 'modified', item, previous });
    else this.#emit({ type: 'added', item, previous: undefined });
  }

  /** `item` is the last known state of the object. */
  #delete(item: T): void {
    const { namespace, name } = item;
    const previous = this.get(namespace, name);
    this.#items.delete(namespace, name);
    if (this.#ahead.size > 0) this.#ahead.delete(keyOf(item));
    this.#emit({ type: 'deleted', item, previous });
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
