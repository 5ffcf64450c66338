import { hash } from 'node:crypto';
import { isObject } from '../json-pointer.ts';

/** The annotation of the Deployment in which the chart records the digest of the spec that it was rendered from. */
export const SPEC_DIGEST_ANNOTATION = 'ide.example.com/spec-sha256';

/**
 * The digest that the chart computes for a spec (`devmachine.specDigest` in _names.tpl): the SHA-256, in hex, of the spec
 * as JSON with sorted keys. Empty top-level fields are left out, because the chart's defaults for them are empty, too.
 * As long as the operator has not applied a change, the Deployment has a different digest.
 */
export function specDigest(spec: object): string {
  const nonEmpty = Object.fromEntries(Object.entries(spec).filter(([, value]) => !isEmpty(value)));
  return hash('sha256', toCanonicalJson(nonEmpty), 'hex');
}

/** What `if` in a Go template takes for false. */
const isEmpty = (value: unknown): boolean =>
  !value ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

function toCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`;
  if (!isObject(value)) return escapeLikeGo(JSON.stringify(value));
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${escapeLikeGo(JSON.stringify(key))}:${toCanonicalJson(value[key])}`);
  return `{${fields.join(',')}}`;
}

/** Go's encoding/json escapes two characters that JSON.stringify does not. */
const escapeLikeGo = (json: string): string =>
  json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
