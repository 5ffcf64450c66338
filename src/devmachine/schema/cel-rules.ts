import type { TSchema } from '@sinclair/typebox';

/**
 * A rule that a JSON schema cannot state. It stands twice, side by side: as CEL, which the cluster enforces, and as a
 * predicate, with which a request is refused before it gets there. A rule without a predicate compares with the stored
 * machine (`oldSelf`), which only the cluster can do.
 */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  /** Where the fault is, relative to the value, as CEL's fieldPath writes it: `.ingress`. */
  readonly fieldPath?: string;
  readonly holds?: (value: never) => boolean;
}

export interface RuleViolation {
  readonly pointer: string;
  readonly message: string;
}

/** The schema option that carries rules: Kubernetes' own keyword. */
export const RULES = 'x-kubernetes-validations';

export const rules = (...list: Rule[]) => ({ [RULES]: list });

export function rule<T>(
  cel: string,
  message: string,
  holds: (value: T) => boolean,
  fieldPath?: string,
): Rule {
  return { rule: cel, message, holds, ...(fieldPath === undefined ? {} : { fieldPath }) };
}

/** A rule between the stored machine and the new one: the cluster's to check. */
export const transitionRule = (cel: string, message: string): Rule => ({ rule: cel, message });

/** Every rule that `value`, which already satisfies `schema`, breaks. */
export function ruleViolations(schema: TSchema, value: unknown, pointer = ''): RuleViolation[] {
  const own = ((schema[RULES] ?? []) as Rule[])
    .filter((candidate) => candidate.holds && !candidate.holds(value as never))
    .map(({ message, fieldPath = '' }) => ({ pointer: pointer + fieldPath.replaceAll('.', '/'), message }));
  const inner = children(schema, value).flatMap(([key, child, item]) =>
    ruleViolations(child, item, `${pointer}/${key}`),
  );
  return [...own, ...repeatedKeys(schema, value, pointer), ...inner];
}

/** Items of a list-map (`x-kubernetes-list-type: map`) that have the key of an earlier one. */
function repeatedKeys(schema: TSchema, value: unknown, pointer: string): RuleViolation[] {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(value)) return [];
  const names = schema['x-kubernetes-list-map-keys'] as string[];
  const keys = value.map((item) => JSON.stringify(names.map((name) => item[name])));
  return keys.flatMap((key, index) =>
    keys.indexOf(key) < index
      ? [{ pointer: `${pointer}/${index}`, message: `another item has the same ${names.join(' and ')}` }]
      : [],
  );
}

function children(schema: TSchema, value: unknown): [string | number, TSchema, unknown][] {
  if (Array.isArray(value)) return value.map((item, index) => [index, schema['items'] ?? {}, item]);
  const properties: Record<string, TSchema> = schema['properties'] ?? {};
  return Object.entries(properties)
    .filter(([key]) => value instanceof Object && Object.hasOwn(value, key))
    .map(([key, child]) => [key, child, (value as Record<string, unknown>)[key]]);
}
