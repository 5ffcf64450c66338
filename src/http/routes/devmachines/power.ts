import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { PowerAction } from '../../../devmachine/machines.ts';
import { DevMachine, toDevMachine } from '../../../devmachine/schema/manifest.ts';
import { DEVMACHINE_EXAMPLE } from '../../openapi/examples.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { jsonResponse, problems } from '../../responses/schemas.ts';
import type { MachineRouteOptions } from './options.ts';
import { flag, TARGET } from './query.ts';

const PowerQuery = Type.Object(
  { ...TARGET, force: flag('true: take ownership of the power state if another field manager owns it.') },
  { additionalProperties: false },
);

const ACTIONS: Readonly<Record<PowerAction, { summary: string; description: string }>> = {
  stop: {
    summary: 'Stop a machine',
    description: 'Deletes its pod and keeps its disk. Succeeds if the machine is already stopped.',
  },
  start: {
    summary: 'Start a machine',
    description: 'Succeeds if the machine is already started, and leaves it alone.',
  },
  restart: {
    summary: 'Restart a machine',
    description: 'Replaces its pod and keeps its disk. Starts a machine that is stopped.',
  },
};

const schemaOf = (action: PowerAction) => ({
  operationId: `${action}DevMachine`,
  ...ACTIONS[action],
  querystring: PowerQuery,
  response: {
    202: jsonResponse(
      DevMachine,
      'Accepted: the machine with its new spec. Its status shows the progress.',
      DEVMACHINE_EXAMPLE,
    ),
    ...problems(400, 404, 409, 415, 422),
  },
});

const ACCESS: RouteAccess = { verb: 'patch', resource: 'devmachines', namespace: 'query' };

export const powerRoutes: FastifyPluginAsyncTypebox<MachineRouteOptions> = async (app, options) => {
  const { resolveNamespace } = options;

  for (const action of ['stop', 'start', 'restart'] as const) {
    const route = { schema: schemaOf(action), config: { access: ACCESS } };
    app.post(`/${action}`, route, async ({ caller, query }, reply) => {
      const key = { name: query.name, namespace: resolveNamespace(query.namespace) };

      const machine = await caller.machines.setPower(key, action, {
        force: query.force === 'true',
        signal: clientAbortSignal(reply),
      });

      return reply.code(202).send(toDevMachine(machine));
    });
  }
};
