import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { commonHeaders } from '../responses/headers.ts';
import type { RouteAccess } from './route-access.ts';

/** A request whose response is over: either sent completely, or abandoned because the client closed the connection. */
export interface EndedRequest {
  readonly request: FastifyRequest;
  readonly method: string;
  /** The path pattern of the route; empty if no route matched. */
  readonly route: string;
  /** What the route declares; undefined if no route matched. */
  readonly access: RouteAccess | undefined;
  readonly statusCode: number;
  /** Milliseconds from the arrival of the request to the end of the response. */
  readonly ms: number;
}

export type RequestEndListener = (ended: EndedRequest) => void;

export interface RequestLifecycle {
  /** The replies whose response is not over, event streams among them. */
  readonly inFlight: ReadonlySet<FastifyReply>;
  /** Calls `listener` once for each request that a route, or the not-found handler, has received. */
  onRequestEnd(listener: RequestEndListener): void;
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly requestLifecycle: RequestLifecycle;
  }
}

/**
 * Gives every request its id and every response the common headers, and tells other plugins when a request has ended. All
 * of it is one `onRequest` hook without `onSend` or `onResponse`, because each hook adds to the cost of a status read.
 */
export const requestLifecycle = fp(
  async (app) => {
    const inFlight = new Set<FastifyReply>();
    const listeners: RequestEndListener[] = [];
    app.decorate('requestLifecycle', {
      inFlight,
      onRequestEnd: (listener: RequestEndListener) => void listeners.push(listener),
    });

    app.setGenReqId(requestIds());
    app.addHook('onRequest', (request, reply, done) => {
      reply.headers(commonHeaders(request.id));
      inFlight.add(reply);
      // 'close' follows 'finish', and is also emitted if the client disconnects first.
      reply.raw.on('close', () => {
        inFlight.delete(reply);
        const { url: route = '', config } = request.routeOptions;
        const ended = {
          request,
          method: request.method,
          route,
          access: config.access,
          statusCode: reply.statusCode,
          ms: reply.elapsedTime,
        };
        for (const listener of listeners) listener(ended);
      });
      done();
    });
  },
  { name: 'request-lifecycle' },
);

/** Ids that are unique across replicas and restarts: a random prefix and a counter. A UUID per request costs 30 times more. */
function requestIds(): () => string {
  const prefix = randomBytes(6).toString('hex');
  let count = 0;
  return () => `${prefix}-${(++count).toString(36)}`;
}
