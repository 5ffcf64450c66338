import { hash } from 'node:crypto';
import { isObject } from '../json-pointer.ts';

/** Where the chart writes, on the Deployment, which spec it was rendered from. */
export const SPEC_DIGEST_ANNOTATION = 'ide.example.com/spec-sha256';

/**
 * What the chart writes there for this spec (`devmachine.specDigest` in _names.tpl): the SHA-256 of the spec as JSON with
 * its keys in order and without the top-level fields that are empty, because the chart's own defaults are just these.
 * An operator that has not followed a change yet shows another digest, whatever the change.
 */
export function specDigest(spec: object): string {
  const set = Object.fromEntries(Object.entries(spec).filter(([, value]) => !isEmpty(value)));
  return hash('sha256', canonical(set), 'hex');
}

/** As a template's `if` sees it. */
const isEmpty = (value: unknown): boolean =>
  !value ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return goEscapes(JSON.stringify(value));
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${goEscapes(JSON.stringify(key))}:${canonical(value[key])}`);
  return `{${fields.join(',')}}`;
}

/** Go escapes two characters that JSON does not ask for. */
const goEscapes = (json: string): string =>
  json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
