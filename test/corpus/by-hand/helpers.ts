import { type Body, EXAMPLE_SPEC, manifest } from '../bodies.ts';

/** A body with the example's spec, changed by `change`. */
export const spec = (name: string, change: object, base: object = EXAMPLE_SPEC): Body => ({
  name,
  text: JSON.stringify(manifest({ ...base, ...change })),
});

/** The example's spec without some fields. */
export const without = (...fields: string[]): object =>
  Object.fromEntries(Object.entries(EXAMPLE_SPEC).filter(([key]) => !fields.includes(key)));

/** One body per value of a field. */
export const values = (field: string, list: readonly unknown[]): Body[] =>
  list.map((value) => spec(`${field} = ${JSON.stringify(value).slice(0, 60)}`, { [field]: value }));

/** A string of this length that is a valid label. */
export const label = (length: number): string => 'a'.repeat(length);
