import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';

/** A request that is over: answered, or given up by its client. */
export interface EndedRequest {
  readonly log: FastifyBaseLogger;
  readonly raw: IncomingMessage;
  readonly method: string;
  /** As it is declared; empty: it was for none, or was refused before anybody looked. */
  readonly route: string;
  readonly statusCode: number;
  readonly ms: number;
}

interface Followed extends ServerResponse {
  [REQUEST]?: FastifyRequest;
  [ROUTE]?: string;
  [SINCE]?: number;
}

const REQUEST = Symbol('request');
const ROUTE = Symbol('route');
const SINCE = Symbol('since');

/**
 * Calls `onEnd` for every request when it is over, streams too. One listener, the same one for all, is the cheapest way
 * there is to know: Fastify's own needs two, made anew for each request. For the same reason a route says its name by a
 * hook of its own: `request.routeOptions` is made anew, too.
 */
export function followRequests(app: FastifyInstance, onEnd: (ended: EndedRequest) => void): void {
  function onClose(this: Followed): void {
    const request = this[REQUEST];
    if (!request) return;
    const { log, raw, method } = request;
    const ms = performance.now() - (this[SINCE] ?? 0);
    onEnd({ log, raw, method, route: this[ROUTE] ?? '', statusCode: this.statusCode, ms });
  }
  app.addHook('onRequest', (request, reply, done) => {
    const raw: Followed = reply.raw;
    raw[REQUEST] = request;
    raw[SINCE] = performance.now();
    raw.on('close', onClose);
    done();
  });
  app.addHook('onRoute', (route) => {
    const { url, onRequest = [] } = route;
    route.onRequest = [
      (_request, reply, done) => {
        (reply.raw as Followed)[ROUTE] = url;
        done();
      },
      ...[onRequest].flat(),
    ];
  });
}
