const MOST_TEXTS = 10_000;
const texts = new Map<string, string>();

/**
 * The same string for the same text. Parsed objects have strings of their own, and tens of thousands of machines say the
 * same: images, classes, reasons, nodes, times. What is kept for long should share them.
 */
export function intern(text: string): string;
export function intern(text: string | undefined): string | undefined;
export function intern(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const known = texts.get(text);
  if (known !== undefined) return known;
  // Begins anew now and then: what is common is soon in it again.
  if (texts.size >= MOST_TEXTS) texts.clear();
  texts.set(text, text);
  return text;
}

/** The same for all strings in a value that was just parsed, in place. */
export function internAll<T>(value: T): T {
  if (typeof value === 'string') return intern(value) as T;
  if (typeof value === 'object' && value !== null) {
    const fields = value as Record<string, unknown>;
    for (const key of Object.keys(fields)) fields[key] = internAll(fields[key]);
  }
  return value;
}

const lists = new Map<string, readonly string[]>();

/** The same array for the same texts. */
export function internList(items: readonly string[]): readonly string[] {
  const key = JSON.stringify(items);
  const known = lists.get(key);
  if (known) return known;
  if (lists.size >= MOST_TEXTS) lists.clear();
  const list = Object.freeze(items.map((item) => intern(item)));
  lists.set(key, list);
  return list;
}
