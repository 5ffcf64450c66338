import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** What the OpenAPI document says beside the routes' own schemas. */
export const OPENAPI: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'DevMachine',
      version: 'v1',
      description:
        'Self-service development machines on Kubernetes. Errors are problem documents (RFC 9457); nothing in a body is coerced, dropped or filled in: unknown fields are errors.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  },
};
