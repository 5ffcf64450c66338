import { type SchemaOptions, Type } from '@sinclair/typebox';
import { QUANTITY } from './formats.ts';

/** A string of a closed list, as one `enum`: the form that the CRD and error messages read best. */
export function stringEnum<const Values extends readonly string[]>(values: Values, options: SchemaOptions) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options });
}

/** Options of a list whose items are told apart by their name, as the API server does it; see ruleViolations(). */
export const uniqueNames = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };

/**
 * A Kubernetes quantity above zero; with `integer`, a whole number is one too (`x-kubernetes-int-or-string`). A decimal
 * number is not: the API server knows int-or-string only, so 0.5 is written "500m".
 */
export function quantity(
  options: SchemaOptions & { integer: true },
): ReturnType<typeof Type.Unsafe<number | string>>;
export function quantity(options: SchemaOptions): ReturnType<typeof Type.Unsafe<string>>;
export function quantity({ integer, ...options }: SchemaOptions & { integer?: true }) {
  return integer
    ? Type.Unsafe({ type: ['integer', 'string'], minimum: 1, maximum: 1_000_000, ...QUANTITY, ...options })
    : Type.Unsafe({ type: 'string', ...QUANTITY, ...options });
}
