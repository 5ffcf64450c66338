import type { TSchema } from '@sinclair/typebox';
import { childPointer } from '../json-pointer.ts';

/**
 * A rule that JSON Schema cannot express. It is written twice, side by side: as CEL for the cluster, and as a predicate
 * with which the API refuses a request early. A rule that compares with the stored machine (`oldSelf`) has no predicate,
 * because only the cluster has that machine.
 */
export interface Rule {
  /** A CEL expression. */
  readonly rule: string;
  readonly message: string;
  /** The field at fault, relative to the value, as in CEL's fieldPath: `.ingress`. */
  readonly fieldPath?: string;
  readonly isSatisfied?: (value: never) => boolean;
  /** Set for a rule that stored values may violate; see ratchetedRule(). */
  readonly [RATCHETED]?: true;
}

/** A symbol, so that the marker is in no generated file. */
const RATCHETED = Symbol('ratcheted');

export interface RuleViolation {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly message: string;
}

/** The schema keyword of Kubernetes that holds the rules. */
export const RULES = 'x-kubernetes-validations';

export const rules = (...list: Rule[]) => ({ [RULES]: list });

export function rule<T>(
  cel: string,
  message: string,
  isSatisfied: (value: T) => boolean,
  fieldPath?: string,
): Rule {
  return { rule: cel, message, isSatisfied, ...(fieldPath === undefined ? {} : { fieldPath }) };
}

/** A rule that compares the new machine with the stored one. Only the cluster checks it. */
export const transitionRule = (cel: string, message: string): Rule => ({ rule: cel, message });

/**
 * A rule at a field that was added after machines were stored. The cluster accepts a value that was stored before it, as long
 * as the value does not change (KEP-4008, CRD validation ratcheting). Only the cluster knows what is stored, so the API
 * checks the rule for new machines, and leaves updates to the cluster.
 */
export function ratchetedRule<T>(cel: string, message: string, isSatisfied: (value: T) => boolean): Rule {
  return { ...rule(cel, message, isSatisfied), [RATCHETED]: true };
}

export interface RuleOptions {
  /** Whether the machine exists already, so that ratcheted rules are left to the cluster. */
  readonly isUpdate?: boolean;
}

/** The rules that `value` violates. `value` must be valid against `schema`; the pointers start with `pointer`. */
export function ruleViolations(
  schema: TSchema,
  value: unknown,
  options: RuleOptions = {},
  pointer = '',
): RuleViolation[] {
  const own = ((schema[RULES] ?? []) as Rule[])
    .filter((candidate) => !(options.isUpdate && candidate[RATCHETED]))
    .filter(({ isSatisfied }) => isSatisfied && !isSatisfied(value as never))
    .map(({ message, fieldPath = '' }) => ({ pointer: pointer + fieldPath.replaceAll('.', '/'), message }));
  const inner = children(schema, value).flatMap(([key, child, item]) =>
    ruleViolations(child, item, options, childPointer(pointer, key)),
  );
  return [...own, ...repeatedKeys(schema, value, pointer), ...inner];
}

/** Items of a map list (`x-kubernetes-list-type: map`) that repeat the key of an earlier item. */
function repeatedKeys(schema: TSchema, value: unknown, pointer: string): RuleViolation[] {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(value)) return [];
  const names = schema['x-kubernetes-list-map-keys'] as string[];
  const keys = value.map((item) => JSON.stringify(names.map((name) => item[name])));
  return keys.flatMap((key, index) =>
    keys.indexOf(key) < index
      ? [
          {
            pointer: childPointer(pointer, index),
            message: `another item has the same ${names.join(' and ')}`,
          },
        ]
      : [],
  );
}

/** The properties or items that are present, each with its schema. */
function children(schema: TSchema, value: unknown): [string | number, TSchema, unknown][] {
  if (Array.isArray(value)) return value.map((item, index) => [index, schema['items'] ?? {}, item]);
  const properties: Record<string, TSchema> = schema['properties'] ?? {};
  return Object.entries(properties)
    .filter(([key]) => value instanceof Object && Object.hasOwn(value, key))
    .map(([key, child]) => [key, child, (value as Record<string, unknown>)[key]]);
}
