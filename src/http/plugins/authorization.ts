import type { FastifyRequest, FastifySchema, onRequestHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import { RESOURCE_GROUPS, type Right } from '../../devmachine/caller.ts';
import { DNS_LABEL } from '../../devmachine/schema/formats.ts';
import { checkConnected } from '../responses/abort.ts';
import { problems } from '../responses/schemas.ts';
import { invalid } from '../responses/validation.ts';
import { accessOf, type RouteAccess, type RouteRight, rightsOf } from './route-access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The right that was reviewed. Undefined in routes of which none is. */
    right: Right;
  }
}

export interface AuthorizationOptions {
  /** The namespace of requests that name none. */
  readonly defaultNamespace: string | undefined;
}

/** Reviews the right that a route declares, and documents it in the OpenAPI document. */
export const authorization = fp<AuthorizationOptions>(
  async (app, { defaultNamespace }) => {
    app.decorateRequest('right');
    app.addHook('onRoute', (route) => {
      const access = accessOf(route);
      if (access === 'open') return;
      route.schema = documented(route.schema, access);
      if (access === 'authenticated' || access.namespace === 'body') return;
      route.onRequest = [...[route.onRequest ?? []].flat(), review(access, defaultNamespace)];
    });
  },
  { name: 'authorization', dependencies: ['authentication'] },
);

const review =
  (
    { verb, and, resource, namespace }: RouteRight,
    defaultNamespace: string | undefined,
  ): onRequestHookHandler =>
  (request, reply, done) => {
    const right = { verb, resource, namespace: namespaceOf(request) ?? defaultNamespace };
    if (right.namespace === undefined && namespace === 'query') throw namespaceMissing();
    request.right = right;
    const review = and ? authorizeAll(request) : request.caller.authorize(right);
    return review ? review.then(() => checkConnected(reply)) : done();
  };

async function authorizeAll(request: FastifyRequest): Promise<void> {
  await Promise.all(rightsOf(request).map((right) => request.caller.authorize(right)));
}

const NAMESPACE = new RegExp(DNS_LABEL.pattern);
const namespaceMissing = () => invalid({ parameter: 'namespace', message: 'is required' });

/** The query has not been validated yet. */
function namespaceOf({ query }: FastifyRequest): string | undefined {
  const { namespace } = query as { readonly namespace?: unknown };
  if (namespace === undefined) return undefined;
  if (typeof namespace === 'string' && namespace.length <= DNS_LABEL.maxLength && NAMESPACE.test(namespace))
    return namespace;
  throw invalid({ parameter: 'namespace', message: 'must be the name of one namespace' });
}

/** The name of the security scheme in document.ts. */
const SECURITY = [{ bearer: [] }];

/** Asking the cluster about the caller can fail in the same ways for every route. */
const documented = (schema: FastifySchema = {}, access: Exclude<RouteAccess, 'open'>): FastifySchema => {
  const right = access === 'authenticated' ? undefined : access;
  return {
    ...schema,
    security: SECURITY,
    ...(right && {
      'x-kubernetes-access': {
        group: RESOURCE_GROUPS[right.resource],
        resource: right.resource,
        verb: right.verb,
        ...(right.and && { and: right.and }),
      },
    }),
    response: { ...(schema.response as object), ...problems(401, 403, 429, 503, 504) },
  } as FastifySchema;
};
