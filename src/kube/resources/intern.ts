/** Bounds each pool. A full pool is cleared: frequent values are soon in it again. */
const MAX_VALUES = 10_000;

/**
 * Returns one string for all equal strings. Parsed objects have strings of their own, and tens of thousands of them repeat
 * the same namespaces, images, classes, phases and reasons. Use it for such low-cardinality fields alone.
 */
export class Interner {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #objects = new Map<string, object>();

  text<T extends string>(value: T): T;
  text<T extends string>(value: T | undefined): T | undefined;
  text<T extends string>(value: T | undefined): T | undefined {
    if (value === undefined) return undefined;
    return lookUp(this.#texts, value, () => value) as T;
  }

  /** The same frozen array for equal arrays. */
  list(values: readonly string[]): readonly string[] {
    return lookUp(this.#lists, JSON.stringify(values), () => Object.freeze([...values]));
  }

  /** The same frozen object for equal objects, whose fields are in the same order. */
  object<T extends object>(value: T): Readonly<T> {
    return lookUp<object>(this.#objects, JSON.stringify(value), () => Object.freeze(value)) as Readonly<T>;
  }
}

function lookUp<T>(pool: Map<string, T>, key: string, create: () => T): T {
  const known = pool.get(key);
  if (known !== undefined) return known;
  if (pool.size >= MAX_VALUES) pool.clear();
  const value = create();
  pool.set(key, value);
  return value;
}
