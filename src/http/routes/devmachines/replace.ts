import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { DevMachineManifest, Namespace } from '../../../devmachine/schema/manifest.ts';
import { DEVMACHINE_EXAMPLE } from '../../openapi/examples.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { parseIfMatch } from '../../responses/if-match.ts';
import { jsonResponse, problems } from '../../responses/schemas.ts';
import { validateRules } from '../../responses/validation.ts';
import { toWritten, WrittenDevMachine } from '../../responses/written.ts';
import type { MachineRouteOptions } from './options.ts';
import { DRY_RUN, flag } from './query.ts';

const ReplaceQuery = Type.Object(
  {
    namespace: Type.Optional(Namespace),
    force: flag('true: take ownership of fields that other field managers own.'),
    dryRun: DRY_RUN,
  },
  { additionalProperties: false },
);

const ReplaceHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      description:
        'The ETag of a status of the machine, or a list of them, or `*`. The machine is replaced only if its spec has not changed since that status.',
    }),
  ),
});

const schema = {
  operationId: 'replaceDevMachine',
  summary: 'Replace the spec of a machine',
  description:
    'Redeploys an existing machine. Fields that were set through this API and that the request omits return to their defaults; the disk stays. Fields that other field managers have set and that the request omits stay. If the request sets one of those to another value, it is a 409 that names the field and its managers.',
  querystring: ReplaceQuery,
  headers: ReplaceHeaders,
  body: DevMachineManifest,
  response: {
    200: jsonResponse(WrittenDevMachine, 'The new machine; with dryRun, as it would be.', DEVMACHINE_EXAMPLE),
    ...problems(400, 404, 409, 412, 413, 415, 422),
  },
};

const ACCESS: RouteAccess = { verb: 'patch', resource: 'devmachines', namespace: 'body' };

export const replaceRoute: FastifyPluginAsyncTypebox<MachineRouteOptions> = async (app, options) => {
  const { resolveNamespace } = options;

  app.put(
    '',
    {
      schema,
      config: { access: ACCESS },
      preHandler: validateRules(DevMachineManifest, { isUpdate: true }),
    },
    async ({ caller, query, headers, body: { metadata, spec } }, reply) => {
      const key = { name: metadata.name, namespace: resolveNamespace(query.namespace, metadata.namespace) };
      const ifMatch = headers['if-match'];

      const machine = await caller.machines.replace(key, spec, {
        force: query.force === 'true',
        dryRun: query.dryRun === 'true',
        expected: ifMatch === undefined ? undefined : parseIfMatch(ifMatch),
        signal: clientAbortSignal(reply),
      });

      return toWritten(machine, spec);
    },
  );
};
