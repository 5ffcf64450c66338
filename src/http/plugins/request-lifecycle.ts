import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
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

/** Calls `onEnd` for every request that Fastify is given when it is over; streams too. */
export function followRequests(app: FastifyInstance, onEnd: OnEnd): void {
  app.addHook('onRequest', (request, { raw: response }, done) => {
    const began = performance.now();
    response.on('close', () =>
      onEnd({
        raw: request.raw,
        route: request.routeOptions.url ?? '',
        statusCode: response.statusCode,
        ms: performance.now() - began,
        log: () => request.log,
      }),
    );
    done();
  });
}
