import { DevMachineSpec } from '../src/devmachine/schema/spec.ts';
import { ADMIN_SETTINGS } from './admin-settings.ts';
import { type JsonSchema, mapSchema } from './json-schema.ts';

/**
 * The schema of the chart's values. The operator passes a machine's spec as the values, and sets `admin` through
 * overrideValues in watches.yaml. Users cannot set `admin`, because the CRD has no such field.
 */
export const chartValuesSchema = (): JsonSchema => {
  const spec = mapSchema(DevMachineSpec, withoutKubernetesKeywords);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Generated from src/devmachine by `npm run generate`. Do not edit.',
    title: 'DevMachine',
    ...spec,
    properties: { ...(spec['properties'] as object), admin },
  };
};

/** overrideValues are always strings. */
const admin: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  description: "The administrator's settings for all machines.",
  properties: Object.fromEntries(
    Object.entries(ADMIN_SETTINGS).map(([key, { description }]) => [key, { type: 'string', description }]),
  ),
};

const withoutKubernetesKeywords = (node: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(node).filter(([key]) => !key.startsWith('x-kubernetes-')));
