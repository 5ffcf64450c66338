import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { ACCESS_KINDS } from '../../../devmachine/objects.ts';
import { stringEnum } from '../../../devmachine/schema/typebox.ts';
import { ACCESS_EXAMPLE } from '../../openapi/object-examples.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { jsonResponse, problems } from '../../responses/schemas.ts';
import type { MachineRouteOptions } from './options.ts';
import { TARGET } from './query.ts';

const MachineAccess = Type.Object(
  {
    url: Type.Optional(
      Type.String({ description: 'URL of the machine. Absent while nobody serves it, as in the status.' }),
    ),
    kind: stringEnum(ACCESS_KINDS, {
      description:
        "What the IDE asks for. `password` and `token`: for `password`. `proxy`: nothing, because the administrator's authenticating proxy signs people in. `none`: nothing is known, because the machine runs a command of its user, or has no template.",
    }),
    password: Type.Optional(
      Type.String({
        description:
          'The password or token. Absent with `proxy`. With `none`, the process has it in the variable DEVMACHINE_PASSWORD (with a template, in that of the IDE), and may ask for it.',
      }),
    ),
  },
  { description: 'How to sign in to a machine.' },
);

const schema = {
  operationId: 'getDevMachineAccess',
  summary: 'Read the password of a machine',
  description:
    'Reads the access Secret of the machine with the token of the caller, who also needs the right to get machines. The response is not stored anywhere (`Cache-Control: no-store`), and the password is never logged. Until the operator has created the password, the call is a 409.',
  querystring: Type.Object(TARGET, { additionalProperties: false }),
  response: {
    200: jsonResponse(MachineAccess, 'How to sign in.', ACCESS_EXAMPLE),
    ...problems(400, 404, 409),
  },
};

const ACCESS: RouteAccess = { verb: 'get', resource: 'secrets', namespace: 'query' };

export const accessRoute: FastifyPluginAsyncTypebox<MachineRouteOptions> = async (app, options) => {
  const { resolveNamespace } = options;

  app.get('/access', { schema, config: { access: ACCESS } }, async ({ caller, query }, reply) => {
    const key = { name: query.name, namespace: resolveNamespace(query.namespace) };
    const { url, kind, password } = await caller.objects.access(key, clientAbortSignal(reply));
    return { kind, ...(url !== undefined && { url }), ...(password !== undefined && { password }) };
  });
};
