import type { Delta } from './store.ts';

/** Objects found by keys that they name themselves; kept as new as the changes it is told of. */
export class Index<T extends { readonly name: string }> {
  readonly #keysOf: (item: T) => readonly string[];
  /** One that is alone in its group, as nearly all are, stands for the group. */
  readonly #groups = new Map<string, T | readonly T[]>();

  constructor(keysOf: (item: T) => readonly string[]) {
    this.#keysOf = keysOf;
  }

  /** Returns the keys that the change is about: those of before, too. */
  apply({ type, item, before }: Delta<T>): Set<string> {
    const former = before ? this.#keysOf(before) : [];
    const present = type === 'deleted' ? [] : this.#keysOf(item);
    for (const key of former)
      this.#set(
        key,
        this.#group(key).filter((other) => other !== before),
      );
    for (const key of present) this.#set(key, this.#group(key).concat([item]));
    return new Set([...former, ...present]);
  }

  /** In the order of their names, whatever the order in which they came. */
  get(key: string): T[] {
    return this.#group(key).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  #group(key: string): readonly T[] {
    const group = this.#groups.get(key);
    if (group === undefined) return [];
    return isGroup(group) ? group : [group];
  }

  #set(key: string, group: readonly T[]): void {
    const [first] = group;
    if (first === undefined) this.#groups.delete(key);
    else this.#groups.set(key, group.length === 1 ? first : group);
  }
}

const isGroup = <T>(group: T | readonly T[]): group is readonly T[] => Array.isArray(group);
