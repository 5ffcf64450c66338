import type { FastifyRequest, RouteOptions } from 'fastify';
import type { Resource, Right, Verb } from '../../devmachine/caller.ts';

/** A right that a route needs, and where the request names the namespace. */
export interface RouteRight {
  readonly verb: Verb;
  /** Another verb that the route needs, too. */
  readonly and?: Verb;
  readonly resource: Resource;
  /**
   * - `query`: in the query. The right is reviewed before the request is validated or anything is looked up.
   * - `query-or-all`: the same; without it, the request is about every namespace.
   * - `body`: perhaps in the body. Nothing is reviewed: the cluster decides when the write arrives with the caller's token,
   *   and everything that the write reads before, it reads with that token.
   */
  readonly namespace: 'query' | 'query-or-all' | 'body';
}

/** `open`: everybody. `authenticated`: every caller with valid credentials. */
export type RouteAccess = 'open' | 'authenticated' | RouteRight;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller needs. Every route declares it. */
    access?: RouteAccess;
  }
}

/** The rights that a request needs; `right` is the one with the first verb. */
export function rightsOf({ right, routeOptions }: Pick<FastifyRequest, 'right' | 'routeOptions'>): Right[] {
  const { access } = routeOptions.config;
  const verb = typeof access === 'object' ? access.and : undefined;
  return verb ? [right, { ...right, verb }] : [right];
}

/** The declared access of a route. Throws if there is none, so that none can be forgotten. */
export function accessOf({
  config,
  method,
  url,
}: Pick<RouteOptions, 'config' | 'method' | 'url'>): RouteAccess {
  if (config?.access) return config.access;
  throw new Error(`the route ${method} ${url} does not declare its access`);
}
