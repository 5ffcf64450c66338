import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { Machines } from '../../../devmachine/machines.ts';
import { type ListFilter, pageOf } from '../../../devmachine/pagination.ts';
import { Namespace } from '../../../devmachine/schema/manifest.ts';
import { TEMPLATE_NAMES } from '../../../devmachine/schema/templates.ts';
import { stringEnum } from '../../../devmachine/schema/typebox.ts';
import { PHASES } from '../../../devmachine/status/phases.ts';
import { StaleSince } from '../../../devmachine/status/schema.ts';
import { MachineStatus } from '../../../devmachine/status/status.ts';
import { LIST_EXAMPLE } from '../../openapi/examples.ts';
import {
  DOCUMENT_HEADERS,
  jsonResponse,
  parseInteger,
  sendDocument,
  versionOf,
} from '../../responses/document.ts';
import { fromToken, toToken } from '../../responses/page-token.ts';
import { NOT_MODIFIED, problems } from '../../responses/problems.ts';
import { invalid } from '../../responses/validation.ts';

export interface ListRoutes {
  readonly machines: Machines;
  /** The namespace of requests that name none; undefined: all that are served. */
  readonly defaultNamespace: string | undefined;
}

const LIMIT = { minimum: 1, maximum: 500, default: 100 };

const ListQuery = Type.Object(
  {
    namespace: Type.Optional({ ...Namespace, description: 'Only machines of this namespace.' }),
    phase: Type.Optional(stringEnum(PHASES, { description: 'Only machines in this phase.' })),
    template: Type.Optional(stringEnum(TEMPLATE_NAMES, { description: 'Only machines of this template.' })),
    limit: Type.Optional(
      Type.Unsafe<string>({
        type: ['integer', 'string'],
        ...LIMIT,
        description: 'How many machines to answer at most.',
      }),
    ),
    continue: Type.Optional(
      Type.String({
        maxLength: 1_024,
        description: 'The `continue` of the page before, to be used with the same query (but for `limit`).',
      }),
    ),
  },
  { additionalProperties: false },
);

export const MachineList = Type.Object(
  {
    items: Type.Array(MachineStatus, { description: 'The statuses, ordered by namespace and name.' }),
    continue: Type.Optional(
      Type.String({ description: 'Asks for the next page. Opaque. On the last page there is none.' }),
    ),
    remaining: Type.Integer({ description: 'How many machines come after this page, as of now.' }),
    staleSince: Type.Optional(StaleSince),
  },
  { description: 'A page of machines.' },
);

export const listRoutes: FastifyPluginAsyncTypebox<ListRoutes> = async (app, options) => {
  app.get(
    '/devmachines',
    {
      schema: {
        operationId: 'listDevMachines',
        summary: 'List machines',
        description:
          'Ordered by namespace and name, in pages. A page begins where the one before ended, whatever came or went in between.',
        querystring: ListQuery,
        response: {
          200: jsonResponse(MachineList, 'A page of statuses.', LIST_EXAMPLE, DOCUMENT_HEADERS),
          304: NOT_MODIFIED,
          ...problems(400, 404, 503),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter: ListFilter = {
        namespace: query.namespace ?? options.defaultNamespace,
        phase: query.phase,
        template: query.template,
      };
      const limit = parseInteger('limit', query.limit, LIMIT);
      const after = query.continue === undefined ? undefined : placeOf(query.continue, filter);
      const { documents, remaining } = pageOf(options.machines.list(filter.namespace), filter, limit, after);
      const last = documents.at(-1);
      const next = last && remaining > 0 ? `,"continue":${JSON.stringify(toToken(filter, last))}` : '';
      const rest = `${next},"remaining":${remaining}}`;
      // The documents are serialised once per change, not per request.
      const json = `{"items":[${documents.map((document) => document.json).join(',')}]${rest}`;
      const version = versionOf([...documents.map((document) => document.version), rest]);
      const ageMs = options.machines.ageMs(filter.namespace);
      return sendDocument<typeof MachineList.static>(request, reply, { version, json }, ageMs);
    },
  );
};

function placeOf(token: string, filter: ListFilter) {
  const key = fromToken(token, filter);
  if (key) return key;
  throw invalid({ parameter: 'continue', message: 'is not the `continue` of a page of this query' });
}
