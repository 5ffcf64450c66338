import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import {
  DevMachine,
  DevMachineManifest,
  Namespace,
  toDevMachine,
} from '../../../devmachine/schema/manifest.ts';
import { DEVMACHINE_EXAMPLE } from '../../openapi/examples.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { jsonResponse, problems } from '../../responses/schemas.ts';
import { validateRules } from '../../responses/validation.ts';
import type { MachineRouteOptions } from './options.ts';
import { DRY_RUN } from './query.ts';
import { statusUrl } from './status.ts';

const CreateQuery = Type.Object(
  { namespace: Type.Optional(Namespace), dryRun: DRY_RUN },
  { additionalProperties: false },
);

const schema = {
  operationId: 'createDevMachine',
  summary: 'Create a machine',
  description:
    'The first creator wins. Repeating the request succeeds (200). A different spec under the same name is a 409 that lists the fields that differ.',
  querystring: CreateQuery,
  body: DevMachineManifest,
  response: {
    200: jsonResponse(
      DevMachine,
      'The same machine already exists; or, with dryRun, the machine that would be created.',
      DEVMACHINE_EXAMPLE,
    ),
    201: jsonResponse(DevMachine, 'The machine was created.', DEVMACHINE_EXAMPLE),
    ...problems(400, 403, 404, 409, 413, 415, 422, 429, 503, 504),
  },
};

export const createRoute: FastifyPluginAsyncTypebox<MachineRouteOptions> = async (app, options) => {
  const { machines, resolveNamespace } = options;

  app.post(
    '',
    { schema, preHandler: validateRules(DevMachineManifest) },
    async ({ query, body: { metadata, spec } }, reply) => {
      const key = { name: metadata.name, namespace: resolveNamespace(query.namespace, metadata.namespace) };
      const dryRun = query.dryRun === 'true';

      const { created, machine } = await machines.create(key, spec, {
        dryRun,
        signal: clientAbortSignal(reply),
      });

      if (created && !dryRun) reply.code(201).header('location', statusUrl(app, key));
      return toDevMachine(machine);
    },
  );
};
