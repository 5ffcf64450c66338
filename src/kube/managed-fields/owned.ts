import { isObject, valueAt } from '../../devmachine/json-pointer.ts';
import { FIELD_MANAGER } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { fieldOwners, type ManagedFields, selects } from './owners.ts';

const isOurs = ({ manager, operation }: ManagedFields): boolean =>
  manager === FIELD_MANAGER && operation === 'Apply';

/**
 * The part of the stored spec that this API has applied. Every apply must contain it, or the API server removes it. Fields
 * of other managers and defaults are left out, so that this API does not become their owner.
 */
export function ownedSpec({ metadata, spec }: MachineObject): Partial<DevMachineSpec> {
  const entries = metadata.managedFields ?? [];
  const ours = specFields(entries.find(isOurs));
  if (ours === undefined) return {};
  const others = entries.filter((entry) => !isOurs(entry)).map(specFields);
  return pick(spec, ours, others) as Partial<DevMachineSpec>;
}

/**
 * Whether the field at `pointer` has its default value and no manager has applied it. A manager that creates or updates an
 * object without server-side apply owns the defaults too, although nobody chose them.
 */
export function isLeftToDefault(
  { metadata, spec }: MachineObject,
  pointer: string,
  byDefault: unknown,
): boolean {
  const applied = (metadata.managedFields ?? []).filter(
    (entry) => entry.operation === 'Apply' && !isOurs(entry),
  );
  return valueAt({ spec }, pointer) === byDefault && fieldOwners(applied, { spec }, pointer).length === 0;
}

const specFields = (entry: ManagedFields | undefined): unknown => inside(entry?.fieldsV1, 'f:spec');

const inside = (fields: unknown, name: string): unknown => (isObject(fields) ? fields[name] : undefined);

const namesIn = (fields: unknown): string[] =>
  isObject(fields) ? Object.keys(fields).filter((name) => name !== '.') : [];

/** The part of `value` that the field set `fields` owns; `others` are the field sets of the other managers. */
function pick(value: unknown, fields: unknown, others: readonly unknown[]): unknown {
  const names = namesIn(fields);
  if (names.length === 0) return whole(value, others);
  const below = (name: string) => others.map((set) => inside(set, name));
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const name = names.find((candidate) => selects(candidate, item));
      return name === undefined ? [] : [pick(item, inside(fields, name), below(name))];
    });
  }
  if (!isObject(value)) return value;
  const keys = Object.keys(value).filter((key) => names.includes(`f:${key}`));
  return Object.fromEntries(
    keys.map((key) => [key, pick(value[key], inside(fields, `f:${key}`), below(`f:${key}`))]),
  );
}

/** A field set without children owns the whole value, unless it was applied empty and other managers filled it. */
function whole(value: unknown, others: readonly unknown[]): unknown {
  if (!others.some((set) => namesIn(set).length > 0)) return value;
  return Array.isArray(value) ? [] : isObject(value) ? {} : value;
}
