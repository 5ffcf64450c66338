import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { PowerAction } from '../../../devmachine/machines.ts';
import {
  DevMachine,
  DevMachineManifest,
  Namespace,
  toDevMachine,
} from '../../../devmachine/schema/manifest.ts';
import { DEVMACHINE_EXAMPLE, TARGET_EXAMPLE } from '../../openapi/examples.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { jsonResponse } from '../../responses/document.ts';
import { parseIfMatch } from '../../responses/if-match.ts';
import { problems } from '../../responses/problems.ts';
import { validateRules } from '../../responses/validation.ts';
import type { DevMachineRoutes } from './create.ts';
import { DRY_RUN, flag, namespaceRule, TARGET } from './query.ts';

/** What changes a machine that is there. */

const ReplaceQuery = Type.Object(
  {
    namespace: Type.Optional(Namespace),
    force: flag('true: takes over the fields that other managers own.'),
    dryRun: DRY_RUN,
  },
  { additionalProperties: false },
);

const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      description:
        'The ETag of a status of the machine, or a list of them, or `*`: the machine is replaced only if its spec is still the one of that status.',
    }),
  ),
});

const PowerQuery = Type.Object(
  { ...TARGET, force: flag('true: takes over the power state where another manager owns it.') },
  { additionalProperties: false },
);

const DeleteQuery = Type.Object(
  { ...TARGET, purge: flag('true: the disk and the access Secret go too.') },
  { additionalProperties: false },
);

const Accepted = Type.Object({
  name: Type.String({ description: 'Name of the machine.' }),
  namespace: Type.String({ description: 'Namespace of the machine.' }),
});

const POWER: Readonly<Record<PowerAction, { summary: string; description: string }>> = {
  stop: {
    summary: 'Stop a machine',
    description: 'Its pod goes, its disk stays. A success, too, where it is stopped already.',
  },
  start: {
    summary: 'Start a machine',
    description: 'A success, too, where it is not stopped: what runs is left alone.',
  },
  restart: {
    summary: 'Restart a machine',
    description: 'Its pod is made anew, its disk stays. A machine that is stopped is started.',
  },
};

export const changeRoutes: FastifyPluginAsyncTypebox<DevMachineRoutes> = async (app, options) => {
  const { machines } = options;
  const namespaceOf = namespaceRule(options.defaultNamespace);

  app.put(
    '/devmachines',
    {
      preHandler: validateRules(DevMachineManifest),
      schema: {
        operationId: 'replaceDevMachine',
        summary: 'Replace the spec of a machine',
        description:
          'A full redeploy of a machine that is there: what was set through this API and is left out now goes back to its default; the disk stays. Fields that other managers have set and the request leaves out stay theirs; where it says otherwise than they do, it is a 409 that names them.',
        querystring: ReplaceQuery,
        headers: IfMatch,
        body: DevMachineManifest,
        response: {
          200: jsonResponse(
            DevMachine,
            'The machine as it is now; with dryRun, as it would be.',
            DEVMACHINE_EXAMPLE,
          ),
          ...problems(400, 403, 404, 409, 412, 413, 415, 422, 429, 503, 504),
        },
      },
    },
    async ({ query, headers, body }, reply) => {
      const signal = clientAbortSignal(reply);
      const { metadata, spec } = body;
      const key = { name: metadata.name, namespace: namespaceOf(query.namespace, metadata.namespace) };
      const machine = await machines.replace(key, spec, {
        force: query.force === 'true',
        dryRun: query.dryRun === 'true',
        expected: headers['if-match'] === undefined ? undefined : parseIfMatch(headers['if-match']),
        signal,
      });
      return toDevMachine(machine);
    },
  );

  for (const action of ['stop', 'start', 'restart'] as const) {
    app.post(
      `/devmachines/${action}`,
      {
        schema: {
          operationId: `${action}DevMachine`,
          ...POWER[action],
          querystring: PowerQuery,
          response: {
            202: jsonResponse(
              DevMachine,
              'Accepted: the machine as it is wished for now. Its status says how far it is.',
              DEVMACHINE_EXAMPLE,
            ),
            ...problems(400, 403, 404, 409, 415, 422, 429, 503, 504),
          },
        },
      },
      async ({ query }, reply) => {
        const signal = clientAbortSignal(reply);
        const key = { name: query.name, namespace: namespaceOf(query.namespace) };
        const machine = await machines.setPower(key, action, { force: query.force === 'true', signal });
        return reply.code(202).send(toDevMachine(machine));
      },
    );
  }

  app.delete(
    '/devmachines',
    {
      schema: {
        operationId: 'deleteDevMachine',
        summary: 'Delete a machine',
        description:
          'The disk and the access Secret outlive the machine, unless storage.retention is Delete: the next machine of this name finds them. With purge they go too: retention becomes Delete, and the machine is deleted when the operator has followed; where it does not in time (504), nothing is deleted. Idempotent while the machine goes.',
        querystring: DeleteQuery,
        response: {
          202: jsonResponse(Accepted, 'Accepted: the machine is going, or gone.', TARGET_EXAMPLE),
          ...problems(400, 403, 404, 409, 413, 415, 422, 429, 503, 504),
        },
      },
    },
    async ({ query }, reply) => {
      const signal = clientAbortSignal(reply);
      const key = { name: query.name, namespace: namespaceOf(query.namespace) };
      await machines.delete(key, { purge: query.purge === 'true', signal });
      return reply.code(202).send(key);
    },
  );
};
