import { isDeepStrictEqual } from 'node:util';
import { pino } from 'pino';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import type { Machines } from '../src/devmachine/machines.ts';
import { DevMachine, DevMachineManifest } from '../src/devmachine/schema/manifest.ts';
import { DevMachineSpec } from '../src/devmachine/schema/spec.ts';
import { MachineStatus } from '../src/devmachine/status/status.ts';
import { Problem } from '../src/http/responses/schemas.ts';

/** Schemas that get a name in the document. What holds another comes before it. */
const NAMED = { DevMachineManifest, DevMachine, MachineStatus, DevMachineSpec, Problem };

/** The OpenAPI document, made from the routes' own schemas. */
export async function openapi(): Promise<unknown> {
  const app = await buildApp(loadConfig({}), { machines: {} as Machines, logger: pino({ level: 'silent' }) });
  await app.ready();
  const { components: _, ...document } = app.swagger() as Record<string, unknown>;
  await app.close();
  const schemas = Object.entries(NAMED).map(([name, schema]) => [name, plain(schema)] as const);
  const named = (value: unknown, self?: string) => nameSchemas(value, schemas, self);
  return {
    ...(named(plain(document)) as object),
    components: { schemas: Object.fromEntries(schemas.map(([name, schema]) => [name, named(schema, name)])) },
  };
}

/** `value` with a reference in the place of each schema that has a name, but for `self`. */
function nameSchemas(value: unknown, schemas: (readonly [string, unknown])[], self?: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const found = schemas.find(([name, schema]) => name !== self && isSame(schema, value));
  if (found) return { $ref: `#/components/schemas/${found[0]}` };
  if (Array.isArray(value)) return value.map((item) => nameSchemas(item, schemas));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nameSchemas(inner, schemas)]));
}

/** Beside its place a schema may be described in other words. */
const isSame = (schema: unknown, value: object): boolean =>
  isDeepStrictEqual({ ...(schema as object), description: '' }, { ...value, description: '' });

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
