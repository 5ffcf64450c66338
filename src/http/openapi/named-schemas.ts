import { isDeepStrictEqual } from 'node:util';
import { DevMachine, DevMachineManifest } from '../../devmachine/schema/manifest.ts';
import { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { MachineStatus } from '../../devmachine/status/status.ts';
import { Problem } from '../responses/schemas.ts';
import { WrittenDevMachine } from '../responses/written.ts';

/** The schemas in `components`. A schema that contains another one must come first. */
const NAMED = { DevMachineManifest, DevMachine, WrittenDevMachine, MachineStatus, DevMachineSpec, Problem };

interface Document {
  readonly components?: object;
}

/** The OpenAPI document that the swagger plugin made, with references to the schemas that it repeats. */
export function withNamedSchemas({ components, ...document }: Document): object {
  const schemas = Object.entries(NAMED).map(([name, schema]) => [name, plain(schema)] as const);
  const named = (value: unknown, self?: string) => nameSchemas(value, schemas, self);
  return {
    ...(named(plain(document)) as object),
    components: {
      ...components,
      schemas: Object.fromEntries(schemas.map(([name, schema]) => [name, named(schema, name)])),
    },
  };
}

/** Replaces each schema in NAMED, except `self`, with a reference. */
function nameSchemas(value: unknown, schemas: (readonly [string, unknown])[], self?: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const found = schemas.find(([name, schema]) => name !== self && isSame(schema, value));
  if (found) return { $ref: `#/components/schemas/${found[0]}` };
  if (Array.isArray(value)) return value.map((item) => nameSchemas(item, schemas));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nameSchemas(inner, schemas)]));
}

/** Ignores the description, which may differ where a schema is used. */
const isSame = (schema: unknown, value: object): boolean =>
  isDeepStrictEqual({ ...(schema as object), description: '' }, { ...value, description: '' });

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
