import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';

/** A request that is over: answered, or given up by its client. */
export interface EndedRequest {
  readonly raw: IncomingMessage;
  /** As it is declared; empty: it was for none. */
  readonly route: string;
  readonly statusCode: number;
  readonly ms: number;
  /** Its own logger, which says which request it is; to make one is not for every request. */
  readonly log: () => FastifyBaseLogger;
}

export type OnEnd = (ended: EndedRequest) => void;

/** Ids of requests, which differ over all replicas too. A UUID each would take as long as finding what is asked for. */
export function requestIds(): () => string {
  const ours = randomBytes(6).toString('hex');
  let count = 0;
  return () => `${ours}-${(++count).toString(36)}`;
}

/** Calls `onEnd` when a request that begins now is over; a stream, when it ends. */
export function followRequest(
  raw: IncomingMessage,
  response: ServerResponse,
  onEnd: OnEnd,
  route: () => string,
  log: () => FastifyBaseLogger,
): void {
  const began = performance.now();
  response.on('close', () => {
    onEnd({ raw, route: route(), statusCode: response.statusCode, ms: performance.now() - began, log });
  });
}

/** The same for all requests that Fastify is given. */
export function followRequests(app: FastifyInstance, onEnd: OnEnd): void {
  app.addHook('onRequest', (request, reply, done) => {
    const route = () => request.routeOptions.url ?? '';
    followRequest(request.raw, reply.raw, onEnd, route, () => request.log);
    done();
  });
}
