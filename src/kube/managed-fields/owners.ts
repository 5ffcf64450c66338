import { isObject, pointerKeys } from '../../devmachine/json-pointer.ts';

/** An entry of metadata.managedFields. */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly time?: string;
  readonly fieldsV1?: unknown;
}

/** The managers that own the field at `pointer` of `object`, or a field below it. */
export function fieldOwners(entries: readonly ManagedFields[], object: unknown, pointer: string): string[] {
  const owners = entries
    .filter(({ fieldsV1 }) => owns(fieldsV1, object, pointerKeys(pointer)))
    .map(({ manager }) => manager ?? 'unknown');
  return [...new Set(owners)];
}

/**
 * Descends into a field set (sigs.k8s.io/structured-merge-diff, fieldpath): `f:name` is a field, `k:{…}` a list item
 * identified by its keys, `v:…` one identified by its value. A set without children owns everything below.
 */
function owns(fields: unknown, value: unknown, [key, ...deeper]: string[]): boolean {
  if (!isObject(fields)) return false;
  const names = Object.keys(fields).filter((name) => name !== '.');
  if (key === undefined || names.length === 0) return true;
  const inner = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined;
  const name = Array.isArray(value) ? names.find((item) => selects(item, inner)) : `f:${key}`;
  return name !== undefined && name in fields && owns(fields[name], inner, deeper);
}

/** Whether `name`, such as `k:{"name":"A"}`, identifies this list item. */
export function selects(name: string, item: unknown): boolean {
  const selected: unknown = JSON.parse(name.slice(2));
  if (name.startsWith('v:')) return selected === item;
  if (!name.startsWith('k:') || !isObject(selected) || !isObject(item)) return false;
  return Object.entries(selected).every(([key, value]) => item[key] === value);
}
