import openapiTS, { astToString } from 'openapi-typescript';

const HEADER = '// Generated from openapi.yaml by `npm run generate`. Do not edit.\n\n';

/** The types of the client. Takes the OpenAPI document as YAML, and returns a module of types, in which fields with defaults may be missing. */
export async function clientTypes(openapi: string): Promise<string> {
  return HEADER + astToString(await openapiTS(openapi, { defaultNonNullable: false }));
}

interface Schema {
  readonly [keyword: string]: unknown;
}

/** The schema of `spec` without the rules that only the cluster evaluates, for forms and editors. */
export function specSchema(document: { components: { schemas: Record<string, Schema> } }): string {
  const { DevMachineSpec } = document.components.schemas;
  return `${JSON.stringify(DevMachineSpec, (key, value) => (key.startsWith('x-kubernetes-') ? undefined : value), 1)}\n`;
}
