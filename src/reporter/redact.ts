import { parseAllDocuments } from 'yaml';
import { isObject } from '../devmachine/json-pointer.ts';

const REDACTED = '[redacted]';

/**
 * Replaces every value of a Secret in the manifests that occurs in `words`: as it is, in base64, and as JSON and Go quote it.
 * Throws if a manifest cannot be read, because then nobody knows what must be replaced.
 */
export function redact(words: string, manifests: readonly string[]): string {
  const values = new Set<string>();
  for (const manifest of manifests) {
    // All scalars are strings: no value is taken for a number or a date.
    const documents = parseAllDocuments(manifest, { schema: 'failsafe', uniqueKeys: false });
    for (const document of documents) {
      const [error] = document.errors;
      if (error) throw error;
      collect(document.toJS(), values);
    }
  }
  if (values.size === 0) return words;
  // The longest first, so that no part of a value remains.
  const alternatives = [...values].sort((one, other) => other.length - one.length).map(RegExp.escape);
  return words.replaceAll(new RegExp(alternatives.join('|'), 'g'), REDACTED);
}

/** Adds the values of Secrets to `values`, also those of Secrets in a List. */
function collect(object: unknown, values: Set<string>): void {
  if (!isObject(object)) return;
  if (Array.isArray(object['items'])) for (const item of object['items']) collect(item, values);
  if (object['kind'] !== 'Secret') return;
  for (const value of stringsIn(object['data'])) {
    add(value, values);
    add(Buffer.from(value, 'base64').toString('utf8'), values);
  }
  for (const value of stringsIn(object['stringData'])) {
    add(value, values);
    add(Buffer.from(value).toString('base64'), values);
  }
}

const stringsIn = (block: unknown): string[] =>
  isObject(block) ? Object.values(block).filter((value) => typeof value === 'string') : [];

function add(value: string, values: Set<string>): void {
  const forms = [value, value.trim(), JSON.stringify(value).slice(1, -1)];
  for (const form of forms) if (form !== '') values.add(form);
}
