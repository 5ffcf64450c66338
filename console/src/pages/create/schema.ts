import specSchema from '../../../../client/spec-schema.json';

/** The part of JSON Schema that the spec of a machine uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | false;
}

export const SPEC = specSchema as Schema;

/** Fields that have controls of their own in the form. */
const BASIC = ['template', 'cpu', 'memory', 'gpu', 'ingressDomain'];
/** Fields that the buttons of a machine set. */
const POWER = ['stopped', 'restartedAt'];

/** The fields that the form shows as the schema describes them. The size of the disk is among the basic ones. */
export const FURTHER: readonly (readonly [string, Schema])[] = Object.entries(SPEC.properties ?? {})
  .filter(([name]) => ![...BASIC, ...POWER].includes(name))
  .map(([name, schema]) => [name, name === 'storage' ? without(schema, 'size') : schema]);

function without(schema: Schema, field: string): Schema {
  const { [field]: _, ...properties } = schema.properties ?? {};
  return { ...schema, properties };
}

export const typeOf = ({ type }: Schema): string => (typeof type === 'string' ? type : (type?.at(-1) ?? ''));

export const isMap = (schema: Schema): boolean =>
  typeOf(schema) === 'object' && typeof schema.additionalProperties === 'object';

/** What a new item of a list begins with. */
export function emptyOf(schema: Schema): unknown {
  const type = typeOf(schema);
  return type === 'object' ? {} : type === 'array' ? [] : '';
}
