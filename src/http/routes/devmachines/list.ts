import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { Machines } from '../../../devmachine/machines.ts';
import { type ListFilter, pageOf } from '../../../devmachine/pagination.ts';
import { type MachineKey, Namespace } from '../../../devmachine/schema/manifest.ts';
import { TEMPLATE_NAMES } from '../../../devmachine/schema/templates.ts';
import { stringEnum } from '../../../devmachine/schema/typebox.ts';
import { PHASES } from '../../../devmachine/status/phases.ts';
import { StaleSince } from '../../../devmachine/status/schema.ts';
import { MachineStatus } from '../../../devmachine/status/status.ts';
import { LIST_EXAMPLE } from '../../openapi/examples.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { sendCached, versionOf } from '../../responses/document.ts';
import { fromToken, toToken } from '../../responses/page-token.ts';
import { DOCUMENT_HEADERS, jsonResponse, NOT_MODIFIED, problems } from '../../responses/schemas.ts';
import { invalid } from '../../responses/validation.ts';
import { integer, parseInteger } from './query.ts';

const LIMIT = { minimum: 1, maximum: 500, default: 100 };

const ListQuery = Type.Object(
  {
    namespace: Type.Optional({ ...Namespace, description: 'Only machines in this namespace.' }),
    phase: Type.Optional(stringEnum(PHASES, { description: 'Only machines in this phase.' })),
    template: Type.Optional(stringEnum(TEMPLATE_NAMES, { description: 'Only machines of this template.' })),
    limit: integer(LIMIT, 'The maximum number of machines in the response.'),
    continue: Type.Optional(
      Type.String({
        maxLength: 1_024,
        description: 'The `continue` of the previous page. All parameters except `limit` must be the same.',
      }),
    ),
  },
  { additionalProperties: false },
);

const MachineList = Type.Object(
  {
    items: Type.Array(MachineStatus, { description: 'The statuses, sorted by namespace and name.' }),
    continue: Type.Optional(
      Type.String({ description: 'An opaque token for the next page. Absent on the last page.' }),
    ),
    remaining: Type.Integer({ description: 'How many machines currently follow this page.' }),
    staleSince: Type.Optional(StaleSince),
  },
  { description: 'A page of machines.' },
);

const schema = {
  operationId: 'listDevMachines',
  summary: 'List machines',
  description:
    'Sorted by namespace and name, in pages. A page begins where the previous one ended, even if machines were created or deleted in between.',
  querystring: ListQuery,
  response: {
    200: jsonResponse(MachineList, 'A page of statuses.', LIST_EXAMPLE, DOCUMENT_HEADERS),
    304: NOT_MODIFIED,
    ...problems(400, 404),
  },
};

const ACCESS: RouteAccess = { verb: 'list', resource: 'devmachines', namespace: 'query-or-all' };

export interface ListRouteOptions {
  readonly machines: Machines;
  /** The namespace of requests that name none; undefined lists all namespaces. */
  readonly defaultNamespace: string | undefined;
}

export const listRoute: FastifyPluginAsyncTypebox<ListRouteOptions> = async (app, options) => {
  const { machines, defaultNamespace } = options;

  app.get('', { schema, config: { access: ACCESS } }, async (request, reply) => {
    const { query } = request;
    const namespace = query.namespace ?? defaultNamespace;
    const filter: ListFilter = { namespace, phase: query.phase, template: query.template };
    const limit = parseInteger('limit', query.limit, LIMIT);
    const after = query.continue === undefined ? undefined : parseToken(query.continue, filter);

    const { documents, remaining } = pageOf(machines.list(namespace), filter, limit, after);

    const last = documents.at(-1);
    const next = last && remaining > 0 ? `,"continue":${JSON.stringify(toToken(filter, last))}` : '';
    const end = `${next},"remaining":${remaining}}`;
    // Each document was serialised when it changed, so a page only joins them.
    const json = `{"items":[${documents.map((document) => document.json).join(',')}]${end}`;
    const version = versionOf([...documents.map((document) => document.version), end]);
    return sendCached<typeof MachineList.static>(
      request,
      reply,
      { version, json },
      machines.ageMs(namespace),
    );
  });
};

function parseToken(token: string, filter: ListFilter): MachineKey {
  const key = fromToken(token, filter);
  if (key) return key;
  throw invalid({ parameter: 'continue', message: 'is not a `continue` token of this query' });
}
