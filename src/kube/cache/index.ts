import type { Delta } from './listeners.ts';

/** Finds objects by keys that `keysOf` derives from them. Kept up to date by the deltas of a store. */
export class Index<T extends { readonly name: string }> {
  readonly #keysOf: (item: T) => readonly string[];
  /** Nearly every key has one item, which then needs no array. */
  readonly #items = new Map<string, T | readonly T[]>();

  constructor(keysOf: (item: T) => readonly string[]) {
    this.#keysOf = keysOf;
  }

  /** Returns the keys of the item before and after the delta. */
  apply({ type, item, previous }: Delta<T>): Set<string> {
    const oldKeys = previous ? this.#keysOf(previous) : [];
    const newKeys = type === 'deleted' ? [] : this.#keysOf(item);
    for (const key of oldKeys) {
      const rest = this.#get(key).filter((other) => other !== previous);
      this.#set(key, rest);
    }
    for (const key of newKeys) this.#set(key, this.#get(key).concat([item]));
    return new Set([...oldKeys, ...newKeys]);
  }

  /** Sorted by name, so that the result does not depend on the order of events. */
  get(key: string): T[] {
    return this.#get(key).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  #get(key: string): readonly T[] {
    const items = this.#items.get(key);
    if (items === undefined) return [];
    return isArray(items) ? items : [items];
  }

  #set(key: string, items: readonly T[]): void {
    const [first] = items;
    if (first === undefined) this.#items.delete(key);
    else this.#items.set(key, items.length === 1 ? first : items);
  }
}

const isArray = <T>(items: T | readonly T[]): items is readonly T[] => Array.isArray(items);
