import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { Machines } from '../../../devmachine/machines.ts';
import {
  DevMachine,
  DevMachineManifest,
  Namespace,
  toDevMachine,
} from '../../../devmachine/schema/manifest.ts';
import { DEVMACHINE_EXAMPLE } from '../../openapi/examples.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { jsonResponse } from '../../responses/document.ts';
import { problems } from '../../responses/problems.ts';
import { validateRules } from '../../responses/validation.ts';
import { DRY_RUN, namespaceRule } from './query.ts';
import { STATUS_PATH } from './status.ts';

export interface DevMachineRoutes {
  readonly machines: Machines;
  /** The namespace of requests that name none; undefined: they must. */
  readonly defaultNamespace: string | undefined;
}

const CreateQuery = Type.Object(
  {
    namespace: Type.Optional(Namespace),
    dryRun: DRY_RUN,
  },
  { additionalProperties: false },
);

export const devMachineRoutes: FastifyPluginAsyncTypebox<DevMachineRoutes> = async (app, options) => {
  const { machines } = options;

  const namespaceOf = namespaceRule(options.defaultNamespace);

  app.post(
    '/devmachines',
    {
      preHandler: validateRules(DevMachineManifest),
      schema: {
        operationId: 'createDevMachine',
        summary: 'Create a machine',
        description:
          'The first creator wins. The same request again is a success (200); another spec under the same name is a 409 that names the fields that differ.',
        querystring: CreateQuery,
        body: DevMachineManifest,
        response: {
          200: jsonResponse(
            DevMachine,
            'The same machine is there already; or, with dryRun, what would be created.',
            DEVMACHINE_EXAMPLE,
          ),
          201: jsonResponse(DevMachine, 'Created.', DEVMACHINE_EXAMPLE),
          ...problems(400, 403, 404, 409, 413, 415, 422, 429, 503, 504),
        },
      },
    },
    async ({ query, body }, reply) => {
      const signal = clientAbortSignal(reply);
      const { metadata, spec } = body;
      const key = { name: metadata.name, namespace: namespaceOf(query.namespace, metadata.namespace) };
      const dryRun = query.dryRun === 'true';
      const { created, machine } = await machines.create(key, spec, { dryRun, signal });
      if (created && !dryRun)
        reply.code(201).header('location', `${app.prefix}${STATUS_PATH}?${new URLSearchParams(key)}`);
      return toDevMachine(machine);
    },
  );
};
