import type { Change } from './store.ts';

/** Objects found by keys that they name themselves; kept as new as the changes it is told of. */
export class Groups<T extends { readonly name: string }> {
  readonly #keysOf: (item: T) => readonly string[];
  readonly #groups = new Map<string, readonly T[]>();

  constructor(keysOf: (item: T) => readonly string[]) {
    this.#keysOf = keysOf;
  }

  /** Returns the keys that the change is about: those of before, too. */
  apply({ type, item, before }: Change<T>): Set<string> {
    const former = before ? this.#keysOf(before) : [];
    const present = type === 'deleted' ? [] : this.#keysOf(item);
    for (const key of former)
      this.#set(
        key,
        this.#group(key).filter((other) => other !== before),
      );
    for (const key of present) this.#set(key, [...this.#group(key), item]);
    return new Set([...former, ...present]);
  }

  /** In the order of their names, whatever the order in which they came. */
  get(key: string): T[] {
    return this.#group(key).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  #group(key: string): readonly T[] {
    return this.#groups.get(key) ?? [];
  }

  #set(key: string, group: readonly T[]): void {
    if (group.length > 0) this.#groups.set(key, group);
    else this.#groups.delete(key);
  }
}
