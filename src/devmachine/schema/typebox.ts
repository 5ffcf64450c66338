import { type SchemaOptions, Type } from '@sinclair/typebox';
import { QUANTITY } from './formats.ts';

/** A string enum. Written as `enum`, not as a union, for a readable CRD and readable error messages. */
export function stringEnum<const Values extends readonly string[]>(values: Values, options: SchemaOptions) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options });
}

/** Options of a list whose items must have unique names. The API server enforces it, and so does ruleViolations(). */
export const uniqueNames = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };

/**
 * A Kubernetes quantity greater than zero. With `integer`, it can also be a whole number (`x-kubernetes-int-or-string`).
 * It cannot be a decimal number, because a CRD has no type for that: 0.5 is written "500m".
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
