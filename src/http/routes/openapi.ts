import type { FastifyPluginAsync } from 'fastify';
import { stringify } from 'yaml';
import { withNamedSchemas } from '../openapi/named-schemas.ts';

/** The OpenAPI document as YAML: what `npm run generate` writes to openapi.yaml. */
export const toYaml = (document: object): string =>
  stringify(withNamedSchemas(document), { lineWidth: 0, aliasDuplicateObjects: false });

export const openapiRoute: FastifyPluginAsync = async (app) => {
  let text: string | undefined;
  app.get(
    '/openapi.yaml',
    { schema: { hide: true }, config: { access: 'open' } },
    async (_request, reply) => {
      text ??= toYaml(app.swagger());
      return reply.type('application/yaml').send(text);
    },
  );
};
