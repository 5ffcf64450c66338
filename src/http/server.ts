import { createServer, type RequestListener, type Server } from 'node:http';
import type { FastPath } from './fast-path.ts';

/** Longer than load balancers keep a connection that is idle: else one is closed at the moment in which it is used. */
const KEEP_ALIVE_MS = 72_000;

export interface ServerOptions {
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  readonly fastPath: FastPath;
}

/** For Fastify's `serverFactory`: a server that hands on to Fastify what the fast path has not answered. */
export const serverFactory =
  ({ requestTimeoutMs, fastPath }: ServerOptions) =>
  (handler: RequestListener): Server =>
    createServer(
      {
        keepAliveTimeout: KEEP_ALIVE_MS,
        requestTimeout: requestTimeoutMs,
        headersTimeout: requestTimeoutMs,
        // Node looks for slow requests every 30 s unless told otherwise: the limit would be a rough one.
        connectionsCheckingInterval: 1_000,
      },
      (request, response) => {
        if (!fastPath(request, response)) handler(request, response);
      },
    );
