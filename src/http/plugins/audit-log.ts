import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Verb } from '../../devmachine/caller.ts';
import type { RouteAccess } from './route-access.ts';

const WRITES: ReadonlySet<Verb> = new Set(['create', 'patch', 'delete']);
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429]);

/** Logs one line, `audit`, for each write, for each read of a password, and for each refusal. */
export const auditLog = fp(
  async (app) => {
    app.requestLifecycle.onRequestEnd(({ request, access, statusCode }) => {
      // A terminal has its line already.
      if (statusCode === 101) return;
      if (isAudited(access) || REFUSALS.has(statusCode)) audit(request, access, statusCode);
    });
  },
  { name: 'audit-log', dependencies: ['request-lifecycle'] },
);

/** Logs that a stream was ended with this status, because its caller may no longer read it. */
export const auditEndOfStream = (request: FastifyRequest, status: number): void =>
  audit(request, request.routeOptions.config.access, status);

/** Logs that a terminal was opened in this container. What is typed there is not logged. */
export const auditTerminal = (request: FastifyRequest, container: string): void =>
  audit(request, request.routeOptions.config.access, 101, { container });

const isAudited = (access: RouteAccess | undefined): boolean =>
  typeof access === 'object' && (WRITES.has(access.verb) || access.resource === 'secrets');

/** The request may be refused before it is validated. */
interface Unvalidated {
  readonly namespace?: unknown;
  readonly name?: unknown;
  readonly dryRun?: unknown;
}

function audit(
  request: FastifyRequest,
  access: RouteAccess | undefined,
  status: number,
  more: { readonly container?: string } = {},
): void {
  const query = (request.query ?? {}) as Unvalidated;
  const { metadata } = (request.body ?? {}) as { readonly metadata?: Unvalidated | null };
  request.log.info(
    {
      audit: {
        user: request.caller?.name ?? null,
        verb: typeof access === 'object' ? access.verb : undefined,
        ...(typeof access === 'object' && access.resource !== 'devmachines' && { resource: access.resource }),
        namespace: request.right?.namespace ?? textOf(query.namespace ?? metadata?.namespace),
        name: textOf(query.name ?? metadata?.name),
        ...more,
        ...(query.dryRun === 'true' && { dryRun: true }),
        status,
      },
    },
    'audit',
  );
}

/** No name in Kubernetes is longer. */
const MAX_LENGTH = 253;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.slice(0, MAX_LENGTH) : undefined;
