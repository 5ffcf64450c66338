import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { TARGET_EXAMPLE } from '../../openapi/examples.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { jsonResponse, problems } from '../../responses/schemas.ts';
import type { MachineRouteOptions } from './options.ts';
import { flag, TARGET } from './query.ts';

const DeleteQuery = Type.Object(
  { ...TARGET, purge: flag('true: also delete the disk and the access Secret.') },
  { additionalProperties: false },
);

const Accepted = Type.Object({
  name: Type.String({ description: 'Name of the machine.' }),
  namespace: Type.String({ description: 'Namespace of the machine.' }),
});

const schema = {
  operationId: 'deleteDevMachine',
  summary: 'Delete a machine',
  description:
    'The disk and the access Secret outlive the machine unless storage.retention is Delete, and the next machine with this name uses them again. With purge they are deleted too: retention is set to Delete, and the machine is deleted once the operator has applied that. If the operator does not do so in time (504), nothing is deleted. Idempotent while the machine is being deleted.',
  querystring: DeleteQuery,
  response: {
    202: jsonResponse(Accepted, 'Accepted: the machine is being deleted, or is gone.', TARGET_EXAMPLE),
    ...problems(400, 404, 409, 413, 415, 422),
  },
};

const ACCESS: RouteAccess = { verb: 'delete', resource: 'devmachines', namespace: 'query' };

export const deleteRoute: FastifyPluginAsyncTypebox<MachineRouteOptions> = async (app, options) => {
  const { resolveNamespace } = options;

  app.delete('', { schema, config: { access: ACCESS } }, async ({ caller, query }, reply) => {
    const key = { name: query.name, namespace: resolveNamespace(query.namespace) };

    await caller.machines.delete(key, { purge: query.purge === 'true', signal: clientAbortSignal(reply) });

    return reply.code(202).send(key);
  });
};
