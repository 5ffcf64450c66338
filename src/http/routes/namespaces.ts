import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { Machines } from '../../devmachine/machines.ts';
import { NAMESPACES_EXAMPLE } from '../openapi/object-examples.ts';
import { jsonResponse } from '../responses/schemas.ts';

const NamespaceList = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        { name: Type.String({ description: 'Name of the namespace.' }) },
        { description: 'A namespace.' },
      ),
      { description: 'The namespaces, sorted by name.' },
    ),
    incomplete: Type.Boolean({
      description:
        'Whether there may be more: the caller may not list machines in all namespaces, and there are more than 500; or the backend may not list namespaces, and only those with machines are known.',
    }),
  },
  { description: 'Namespaces.' },
);

const schema = {
  operationId: 'listNamespaces',
  summary: 'List the namespaces in which the caller may list machines',
  description:
    'Empty namespaces are included. The cluster is asked with the token of the caller. Its answer is kept for 30 seconds, so a new namespace or right may be missing for as long.',
  querystring: Type.Object({}, { additionalProperties: false }),
  response: { 200: jsonResponse(NamespaceList, 'The namespaces.', NAMESPACES_EXAMPLE) },
};

export interface NamespaceRoutesOptions {
  readonly machines: Machines;
}

export const namespaceRoutes: FastifyPluginAsyncTypebox<NamespaceRoutesOptions> = async (
  app,
  { machines },
) => {
  app.get('/namespaces', { schema, config: { access: 'authenticated' } }, async ({ caller }) => {
    const { names, incomplete } = await caller.namespaces(machines.namespaces());
    return { items: names.map((name) => ({ name })), incomplete };
  });
};
