import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { DevMachineManifest, Namespace } from '../../../devmachine/schema/manifest.ts';
import { DEVMACHINE_EXAMPLE } from '../../openapi/examples.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { jsonResponse, problems } from '../../responses/schemas.ts';
import { validateRules } from '../../responses/validation.ts';
import { toWritten, WrittenDevMachine } from '../../responses/written.ts';
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
      WrittenDevMachine,
      'The same machine already exists; or, with dryRun, the machine that would be created.',
      DEVMACHINE_EXAMPLE,
    ),
    201: jsonResponse(WrittenDevMachine, 'The machine was created.', DEVMACHINE_EXAMPLE),
    ...problems(400, 404, 409, 413, 415, 422),
  },
};

const ACCESS: RouteAccess = { verb: 'create', resource: 'devmachines', namespace: 'body' };

export const createRoute: FastifyPluginAsyncTypebox<MachineRouteOptions> = async (app, options) => {
  const { resolveNamespace } = options;

  app.post(
    '',
    { schema, config: { access: ACCESS }, preHandler: validateRules(DevMachineManifest) },
    async ({ caller, query, body: { metadata, spec } }, reply) => {
      const key = { name: metadata.name, namespace: resolveNamespace(query.namespace, metadata.namespace) };
      const dryRun = query.dryRun === 'true';

      const { created, machine } = await caller.machines.create(key, spec, {
        dryRun,
        signal: clientAbortSignal(reply),
      });

      if (created && !dryRun) reply.code(201).header('location', statusUrl(app, key));
      return toWritten(machine, spec);
    },
  );
};
