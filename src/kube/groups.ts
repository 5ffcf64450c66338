import type { Change } from './store.ts';

interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** Objects found by keys that they name themselves; kept as new as the changes it is told of. */
export class Groups<T extends Named> {
  readonly #keysOf: (item: T) => readonly string[];
  readonly #items = new Map<string, T>();
  readonly #groups = new Map<string, Map<string, T>>();

  constructor(keysOf: (item: T) => readonly string[]) {
    this.#keysOf = keysOf;
  }

  /** Returns the keys that the change is about: those of before, too. */
  apply({ type, item }: Change<T>): Set<string> {
    const name = `${item.namespace}/${item.name}`;
    const before = this.#items.get(name);
    const former = before ? this.#keysOf(before) : [];
    const present = type === 'deleted' ? [] : this.#keysOf(item);
    for (const key of former) this.#take(key, name);
    if (type === 'deleted') this.#items.delete(name);
    else this.#items.set(name, item);
    for (const key of present) this.#put(key, name, item);
    return new Set([...former, ...present]);
  }

  /** In the order of their names, whatever the order in which they came. */
  get(key: string): T[] {
    const group = this.#groups.get(key);
    if (!group) return [];
    return [...group].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
  }

  #put(key: string, name: string, item: T): void {
    const group = this.#groups.get(key);
    if (group) group.set(name, item);
    else this.#groups.set(key, new Map([[name, item]]));
  }

  #take(key: string, name: string): void {
    const group = this.#groups.get(key);
    group?.delete(name);
    if (group?.size === 0) this.#groups.delete(key);
  }
}
