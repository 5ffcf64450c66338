/** Bounds each pool. A full pool is cleared: frequent values are soon in it again. */
const MAX_VALUES = 10_000;

/**
 * Returns one string for all equal strings. Parsed objects have strings of their own, and tens of thousands of them repeat
 * the same namespaces, images, classes, phases and reasons. Use it for such low-cardinality fields alone.
 */
export class Interner {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly string[]>();

  text(value: string): string;
  text(value: string | undefined): string | undefined;
  text(value: string | undefined): string | undefined {
    if (value === undefined) return undefined;
    return lookUp(this.#texts, value, () => value);
  }

  /** The same frozen array for equal arrays. */
  list(values: readonly string[]): readonly string[] {
    return lookUp(this.#lists, JSON.stringify(values), () => Object.freeze([...values]));
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
