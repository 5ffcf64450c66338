import { DevMachineSpec } from '../src/devmachine/schema/spec.ts';
import { type JsonSchema, mapSchema } from './json-schema.ts';

/**
 * The schema of the chart's values: the operator hands it a machine's spec as it is, and `admin` from the overrideValues
 * of watches.yaml. No user can set `admin`: the CRD has no such field.
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

/** overrideValues are always strings. operator/README.md says what each one does. */
const admin: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'What the administrator decides for all machines.',
  properties: Object.fromEntries(
    [
      'allowRoot',
      'authProxy',
      'authProxyAnnotations',
      'ideImage',
      'ingressAnnotations',
      'ingressClassName',
      'ingressController',
      'metadataAddresses',
      's3Driver',
      's3Endpoint',
      's3Image',
      's3MountOptions',
      's3Parameters',
      's3Region',
      's3VolumeHandle',
      'tlsClusterIssuer',
      'tlsSecretName',
      'unguardedIngress',
    ].map((name) => [name, { type: 'string' }]),
  ),
};

const withoutKubernetesKeywords = (node: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(node).filter(([key]) => !key.startsWith('x-kubernetes-')));
