import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { Machines } from '../devmachine/machines.ts';
import {
  DevMachine,
  DevMachineManifest,
  MachineName,
  Namespace,
  toDevMachine,
} from '../devmachine/manifest.ts';
import { stringEnum } from '../devmachine/schema-types.ts';
import { MachineStatus, toETag, toStatus } from '../devmachine/status.ts';
import { matchesETag } from './etag.ts';
import { problems } from './problems.ts';
import { checkRules, invalid } from './validation.ts';

export interface DevMachineRoutes {
  readonly machines: Machines;
  /** The namespace of requests that name none; undefined: they must. */
  readonly defaultNamespace: string | undefined;
}

const Target = Type.Object(
  { namespace: Type.Optional(Namespace), name: MachineName },
  { additionalProperties: false },
);

const CreateQuery = Type.Object(
  {
    namespace: Type.Optional(Namespace),
    dryRun: Type.Optional(
      stringEnum(['true', 'false'], { description: 'true: everything is checked, nothing is stored.' }),
    ),
  },
  { additionalProperties: false },
);

const Accepted = Type.Object({
  name: Type.String({ description: 'Name of the machine.' }),
  namespace: Type.String({ description: 'Namespace of the machine.' }),
});

const STATUS_PATH = '/devmachines/status';

export const devMachineRoutes: FastifyPluginAsyncTypebox<DevMachineRoutes> = async (app, options) => {
  const { machines } = options;

  const namespaceOf = (inQuery: string | undefined, inBody?: string): string => {
    if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
      throw invalid({
        pointer: '/metadata/namespace',
        message: `differs from the query's namespace ${inQuery}`,
      });
    }
    const namespace = inQuery ?? inBody ?? options.defaultNamespace;
    if (namespace === undefined) throw invalid({ parameter: 'namespace', message: 'is required' });
    return namespace;
  };

  app.post(
    '/devmachines',
    {
      preHandler: checkRules(DevMachineManifest),
      schema: {
        operationId: 'createDevMachine',
        summary: 'Create a machine',
        description:
          'The first creator wins. The same request again is a success (200); another spec under the same name is a 409 that names the fields that differ.',
        querystring: CreateQuery,
        body: DevMachineManifest,
        response: {
          200: {
            ...DevMachine,
            description: 'The same machine is there already; or, with dryRun, what would be created.',
          },
          201: { ...DevMachine, description: 'Created.' },
          ...problems(400, 403, 404, 409, 413, 415, 422, 429, 503, 504),
        },
      },
    },
    async ({ query, body, signal }, reply) => {
      const { metadata, spec } = body;
      const key = { name: metadata.name, namespace: namespaceOf(query.namespace, metadata.namespace) };
      const dryRun = query.dryRun === 'true';
      const { created, machine } = await machines.create(key, spec, { dryRun, signal });
      if (created && !dryRun)
        reply.code(201).header('location', `${app.prefix}${STATUS_PATH}?${new URLSearchParams(key)}`);
      return toDevMachine(machine);
    },
  );

  app.get(
    STATUS_PATH,
    {
      schema: {
        operationId: 'getDevMachineStatus',
        summary: 'Read the status of a machine',
        querystring: Target,
        response: {
          200: { ...MachineStatus, description: 'The status.' },
          304: Type.Unsafe<undefined>({
            type: 'null',
            description: 'Unchanged since the ETag of If-None-Match.',
          }),
          ...problems(400, 403, 404, 429, 503, 504),
        },
      },
    },
    async ({ query, headers, signal }, reply) => {
      const key = { name: query.name, namespace: namespaceOf(query.namespace) };
      const machine = await machines.read(key, signal);
      const etag = toETag(machine);
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (matchesETag(headers['if-none-match'], etag)) return reply.code(304).send();
      return toStatus(machine);
    },
  );

  app.delete(
    '/devmachines',
    {
      schema: {
        operationId: 'deleteDevMachine',
        summary: 'Delete a machine',
        description:
          'The disk outlives the machine, unless its retention is Delete. Idempotent while the machine goes.',
        querystring: Target,
        response: {
          202: { ...Accepted, description: 'Accepted: the machine is going, or gone.' },
          ...problems(400, 403, 404, 413, 415, 422, 429, 503, 504),
        },
      },
    },
    async ({ query, signal }, reply) => {
      const key = { name: query.name, namespace: namespaceOf(query.namespace) };
      await machines.delete(key, signal);
      return reply.code(202).send(key);
    },
  );
};
