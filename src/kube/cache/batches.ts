/** How many objects may change before others get the event loop. */
const BATCH = 200;

/** Splits `items`, so that a caller can pause between the parts. */
export function* batches<T>(items: readonly T[], size = BATCH): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
