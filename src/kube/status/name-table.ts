import { randomInt } from 'node:crypto';

export interface Named {
  readonly namespace: string;
  readonly name: string;
}

export const NOWHERE = -1;

const FREE = 0;
const FIRST_CAPACITY = 64;

/**
 * Values found by namespace and name: a hash table with open addressing, never more than half full. With tens of thousands
 * of values nothing of them is in the processor's cache, and what a look-up costs is how many places of the memory it
 * reads: here the hash, the value and its name. A Map reads three more, and makes each name that is asked for a symbol of
 * the engine first.
 *
 * A value stays in its place until another one is added or removed.
 */
export class NameTable<T extends Named> {
  /** Others must not be able to choose names that all meet in one place. */
  readonly #seed = randomInt(2 ** 31);
  #hashes = new Int32Array(FIRST_CAPACITY);
  #values: (T | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The place of a value, or NOWHERE. */
  find(namespace: string, name: string): number {
    const hashes = this.#hashes;
    const hash = this.#hash(namespace, name);
    for (let place = hash & (hashes.length - 1); hashes[place] !== FREE; place = this.#after(place)) {
      if (hashes[place] !== hash) continue;
      const value = this.#values[place];
      if (value?.name === name && value.namespace === namespace) return place;
    }
    return NOWHERE;
  }

  /** `place` is one that `find` or `places` has said. */
  at(place: number): T {
    return this.#values[place] as T;
  }

  /** By a value of the same name. */
  replace(place: number, value: T): void {
    this.#values[place] = value;
  }

  /** One whose name is not there yet; returns its place. */
  add(value: T): number {
    if (2 * (this.#size + 1) > this.#hashes.length) this.#grow();
    this.#size++;
    return this.#put(this.#hash(value.namespace, value.name), value);
  }

  remove(place: number): void {
    const mask = this.#hashes.length - 1;
    let free = place;
    for (let next = this.#after(place); this.#hashes[next] !== FREE; next = this.#after(next)) {
      const home = (this.#hashes[next] as number) & mask;
      // A search that begins at its home would end at the free place, before it is found: it moves there.
      if (((next - home) & mask) < ((next - free) & mask)) continue;
      this.#hashes[free] = this.#hashes[next] as number;
      this.#values[free] = this.#values[next];
      free = next;
    }
    this.#hashes[free] = FREE;
    this.#values[free] = undefined;
    this.#size--;
  }

  *places(): Generator<number, undefined> {
    for (const [place, hash] of this.#hashes.entries()) if (hash !== FREE) yield place;
    return undefined;
  }

  #after(place: number): number {
    return (place + 1) & (this.#hashes.length - 1);
  }

  #put(hash: number, value: T): number {
    let place = hash & (this.#hashes.length - 1);
    while (this.#hashes[place] !== FREE) place = this.#after(place);
    this.#hashes[place] = hash;
    this.#values[place] = value;
    return place;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const values = this.#values;
    this.#hashes = new Int32Array(2 * hashes.length);
    this.#values = new Array(2 * hashes.length).fill(undefined);
    for (const [place, hash] of hashes.entries()) if (hash !== FREE) this.#put(hash, values[place] as T);
  }

  /** FNV-1a, and a last stir (github.com/skeeto/hash-prospector), because only its low bits say the place. */
  #hash(namespace: string, name: string): number {
    let hash = this.#seed;
    for (let index = 0; index < name.length; index++)
      hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
    for (let index = 0; index < namespace.length; index++)
      hash = Math.imul(hash ^ namespace.charCodeAt(index), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    return (hash ^ (hash >>> 15)) | 0 || 1;
  }
}
