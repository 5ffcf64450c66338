import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** The parts of the OpenAPI document that do not come from the schemas of routes. */
export const OPENAPI: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'DevMachine',
      version: 'v1',
      description:
        'Self-service development machines on Kubernetes. Errors are problem documents (RFC 9457). Nothing in a request body is coerced, dropped or defaulted: unknown fields are errors. `x-kubernetes-access` names the right in the cluster that a call needs.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            "A token that the cluster accepts, such as an OIDC ID token or a service account's. Not needed where the API runs with AUTH_MODE=none.",
        },
      },
    },
  },
};
