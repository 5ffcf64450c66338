export type JsonSchema = Record<string, unknown>;

/** Applies `change` to every nested schema and then to the schema itself. Drops TypeBox's functions and symbols. */
export function mapSchema(schema: JsonSchema, change: (node: JsonSchema) => JsonSchema): JsonSchema {
  const node = JSON.parse(JSON.stringify(schema)) as JsonSchema;
  return change({
    ...node,
    ...(isSchema(node['properties']) ? { properties: mapValues(node['properties'], change) } : {}),
    ...(isSchema(node['items']) ? { items: mapSchema(node['items'], change) } : {}),
    ...(isSchema(node['additionalProperties'])
      ? { additionalProperties: mapSchema(node['additionalProperties'], change) }
      : {}),
  });
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

const mapValues = (schemas: JsonSchema, change: (node: JsonSchema) => JsonSchema): JsonSchema =>
  Object.fromEntries(
    Object.entries(schemas).map(([key, value]) => [key, mapSchema(value as JsonSchema, change)]),
  );
