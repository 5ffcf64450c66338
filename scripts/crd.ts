import { MACHINE_NAME } from '../src/devmachine/schema/formats.ts';
import { GROUP, KIND, PLURAL, VERSION } from '../src/devmachine/schema/manifest.ts';
import { DevMachineSpec } from '../src/devmachine/schema/spec.ts';
import { type JsonSchema, mapSchema } from './json-schema.ts';

/** The CustomResourceDefinition, derived from the schema of the spec. */
export const crd = () => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${PLURAL}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind: KIND,
      listKind: `${KIND}List`,
      plural: PLURAL,
      singular: KIND.toLowerCase(),
      shortNames: ['dm'],
      categories: ['all'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: printerColumns,
        schema: { openAPIV3Schema: root() },
      },
    ],
  },
});

const column = (name: string, jsonPath: string, type: string, description: string, priority = 0) => ({
  name,
  type,
  description,
  jsonPath,
  ...(priority ? { priority } : {}),
});

const printerColumns = [
  column('Template', '.spec.template', 'string', 'What runs in the machine'),
  column('CPU', '.spec.cpu', 'string', 'CPU'),
  column('Memory', '.spec.memory', 'string', 'Memory'),
  column('GPU', '.spec.gpu', 'integer', 'Number of GPUs'),
  column('Disk', '.spec.storage.size', 'string', 'Size of the disk'),
  column('Stopped', '.spec.stopped', 'boolean', 'Whether the machine should be stopped'),
  column(
    'Deployed',
    '.status.conditions[?(@.type=="Deployed")].status',
    'string',
    'Whether the operator has applied the machine',
  ),
  column('Age', '.metadata.creationTimestamp', 'date', 'When the machine was created'),
  column('Host', '.spec.ingressDomain', 'string', 'Host name of the machine', 1),
  column('Image', '.spec.image', 'string', 'Container image', 1),
];

/**
 * The API server prunes everything else that the operator reports: the manifest of the release contains Secrets, and
 * whoever may read a machine may read its status.
 */
const status = {
  type: 'object',
  description: 'What the operator reports.',
  properties: {
    conditions: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        required: ['type', 'status'],
        properties: {
          type: { type: 'string' },
          status: { type: 'string' },
          reason: { type: 'string' },
          message: { type: 'string' },
          lastTransitionTime: { type: 'string', format: 'date-time' },
          observedGeneration: { type: 'integer', format: 'int64' },
        },
      },
    },
    deployedRelease: { type: 'object', properties: { name: { type: 'string' } } },
  },
};

const root = () => ({
  type: 'object',
  description: 'A development machine.',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object', properties: { name: { type: 'string', ...MACHINE_NAME } } },
    spec: toStructural(DevMachineSpec),
    status,
  },
});

/**
 * Converts a JSON schema to the structural schema of a CRD (kubernetes.io/docs, "Specifying a structural schema").
 * `additionalProperties: false` is dropped, because the API server prunes unknown fields, or refuses them with strict field
 * validation.
 */
function toStructural(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, ({ additionalProperties, type, ...rest }) => ({
    ...(Array.isArray(type) ? INT_OR_STRING : { type }),
    ...rest,
    ...(additionalProperties ? { additionalProperties } : {}),
  }));
}

const INT_OR_STRING = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
};
