import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A request that is over: answered, or given up by its client. */
export interface EndedRequest {
  readonly request: FastifyRequest;
  readonly statusCode: number;
  readonly ms: number;
}

interface Followed extends ServerResponse {
  [REQUEST]?: FastifyRequest;
  [SINCE]?: number;
}

const REQUEST = Symbol('request');
const SINCE = Symbol('since');

/**
 * Calls `onEnd` for every request when it is over, streams too. One listener, the same one for all, is the cheapest way
 * there is to know: Fastify's own needs two, made anew for each request.
 */
export function followRequests(app: FastifyInstance, onEnd: (ended: EndedRequest) => void): void {
  function onClose(this: Followed): void {
    const request = this[REQUEST];
    if (request) onEnd({ request, statusCode: this.statusCode, ms: performance.now() - (this[SINCE] ?? 0) });
  }
  app.addHook('onRequest', (request, reply, done) => {
    const raw: Followed = reply.raw;
    raw[REQUEST] = request;
    raw[SINCE] = performance.now();
    raw.on('close', onClose);
    done();
  });
}
