import { DeletedUids } from './deleted-uids.ts';
import { type Listener, Listeners } from './listeners.ts';
import { NamespacedMap } from './namespaced-map.ts';
import { compareVersions } from './resource-version.ts';

export interface Stored {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

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
  readonly #deletedUids = new DeletedUids();
  readonly #listeners: Listeners<T>;
  /** The version up to which the watch has reported everything. */
  #version: string | undefined;
  /** The list that replaces the objects at present, in steps. */
  #list: { readonly version: string; readonly uids: NamespacedMap<string> } | undefined;

  constructor(onListenerError: (error: unknown) => void) {
    this.#listeners = new Listeners(onListenerError);
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
    return this.#listeners.add(listener);
  }

  /** Adds an object of the first list before the rest arrives. `replace` with the whole list follows. */
  prefill(item: T): void {
    if (!this.synced && !this.#deletedUids.has(item.uid)) this.#put(item);
  }

  /** A whole list: objects missing from it are deleted, unless they were observed at a later version, or admitted. */
  replace(items: readonly T[], version: string): void {
    for (const _ of this.replaceInSteps(items, version));
  }

  /**
   * The same in steps, each of which is about one object: a resync can change all of them. Between the steps, the store may be
   * read, responses may be observed, and objects admitted, but the watch must wait. `leftOut` are the uids of objects that are
   * in the list but not in `items`. Those that were admitted since they were listed stay.
   */
  *replaceInSteps(items: readonly T[], version: string, leftOut?: ReadonlySet<string>): Generator<void> {
    if (this.#version !== undefined && compareVersions(version, this.#version) < 0) this.#resetResponses();
    const uids = new NamespacedMap<string>();
    for (const { namespace, name, uid } of items) {
      if (!this.#deletedUids.has(uid)) uids.set(namespace, name, uid);
      yield;
    }
    this.#list = { version, uids };
    this.#deletedUids.keepSince(this.#version);
    for (const item of this.#items.values()) {
      const { namespace, name, uid } = item;
      if (!uids.get(namespace, name) && !leftOut?.has(uid)) this.#deleteMissing(item, version);
      yield;
    }
    for (const item of items) {
      this.#putListed(item, version);
      yield;
    }
    this.#version = version;
    this.#list = undefined;
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
    if (this.#isPresent(item)) this.#delete(item);
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
    if (this.#isAhead(item, resourceVersion)) return;
    if (this.#list && compareVersions(resourceVersion, this.#list.version) <= 0) this.#observeListed(item);
    else {
      this.#put(item);
      this.#ahead.set(keyOf(item), resourceVersion);
    }
  }

  /** Adds an object that was left out (Resource.admit) when the watch reported it. */
  admit(item: T): void {
    this.#put(item);
  }

  /** Leaves out an object that the cluster may still have. */
  leaveOut(item: T): void {
    if (this.#isPresent(item)) this.#delete(item);
  }

  /** A response reported that the object is deleted. */
  forget(namespace: string, name: string, uid: string): void {
    this.#deletedUids.add(uid, this.#version);
    const key = `${namespace}/${name}`;
    const item = this.get(namespace, name);
    if (item?.uid !== uid) return;
    const known = this.#ahead.get(key);
    this.#delete(item);
    // The watch may still report earlier objects of this name, which are deleted too.
    if (known !== undefined) this.#ahead.set(key, known);
  }

  #deleteMissing(item: T, version: string): void {
    if (this.#isPresent(item) && !this.#isAhead(item, version)) this.#delete(item);
  }

  #putListed(item: T, version: string): void {
    if (this.#isAhead(item, version)) return;
    const isDeleted = this.#deletedUids.has(item.uid);
    // If it was deleted between the steps, so was any earlier object of this name.
    const earlier = isDeleted && this.get(item.namespace, item.name);
    if (!isDeleted) this.#put(item);
    else if (earlier) this.#delete(earlier);
  }

  /** A response that is not newer than the present list: the object, or a newer one, is in the list, or it is gone. */
  #observeListed(item: T): void {
    const { namespace, name, uid, resourceVersion } = item;
    const present = this.get(namespace, name);
    const isNewer = !present || compareVersions(present.resourceVersion, resourceVersion) < 0;
    if (!isNewer) return;
    if (this.#list?.uids.get(namespace, name) === uid) this.#put(item);
    else if (present) this.#delete(present);
  }

  #isPresent({ namespace, name, uid }: T): boolean {
    return this.get(namespace, name)?.uid === uid;
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
    if (previous?.uid === uid) this.#listeners.emit({ type: 'modified', item, previous });
    else this.#listeners.emit({ type: 'added', item, previous: undefined });
  }

  /** `item` is the last known state of the object. */
  #delete(item: T): void {
    const { namespace, name } = item;
    const previous = this.get(namespace, name);
    this.#items.delete(namespace, name);
    if (this.#ahead.size > 0) this.#ahead.delete(keyOf(item));
    this.#listeners.emit({ type: 'deleted', item, previous });
  }
}

const keyOf = ({ namespace, name }: Stored): string => `${namespace}/${name}`;
