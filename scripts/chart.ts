import { DevMachineSpec } from '../src/devmachine/spec.ts';
import { type JsonSchema, mapSchema } from './json-schema.ts';

/** The schema of the chart's values: the operator hands it a machine's spec as it is. */
export const chartValuesSchema = (): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  $comment: 'Generated from src/devmachine by `npm run generate`. Do not edit.',
  title: 'DevMachine',
  ...mapSchema(DevMachineSpec, withoutKubernetesKeywords),
});

const withoutKubernetesKeywords = (node: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(node).filter(([key]) => !key.startsWith('x-kubernetes-')));
