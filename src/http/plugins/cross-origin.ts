import cors from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { HttpError } from '../responses/http-error.ts';

export interface CrossOriginOptions {
  /** The origins of web pages that may call this API, such as https://app.example.com. */
  readonly origins: readonly string[];
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What a browser says of a request that a page of another origin makes (Fetch Metadata). */
const FOREIGN = new Set(['cross-site', 'same-site']);

/**
 * Lets the pages of these origins read answers, and no others. A browser sends a POST without a body without asking first,
 * so writes of other pages are refused here: otherwise any web page could stop the machines of an API on localhost. It opens
 * WebSockets without asking, too, and lets the page read from them.
 */
export const crossOrigin = fp<CrossOriginOptions>(
  async (app, { origins }) => {
    const allowed = new Set(origins);
    app.addHook('onRequest', (request, _reply, done) => {
      const isRefused = request.upgrade
        ? isForeignPage(request, allowed)
        : !SAFE_METHODS.has(request.method) && isForeign(request, allowed);
      done(isRefused ? foreignOrigin() : undefined);
    });
    if (origins.length === 0) return;
    await app.register(cors, {
      origin: [...origins],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'if-match', 'if-none-match', 'last-event-id'],
      exposedHeaders: ['etag', 'age', 'location', 'retry-after', 'x-request-id'],
      maxAge: 600,
    });
  },
  { name: 'cross-origin', dependencies: ['web-sockets'] },
);

const isForeign = ({ headers }: FastifyRequest, allowed: ReadonlySet<string>): boolean =>
  FOREIGN.has(String(headers['sec-fetch-site'])) && !allowed.has(headers.origin ?? '');

/** A browser sends the origin with each WebSocket; other programs send none. */
function isForeignPage({ headers, host }: FastifyRequest, allowed: ReadonlySet<string>): boolean {
  const { origin } = headers;
  if (origin === undefined || allowed.has(origin)) return false;
  // Behind a proxy with TLS, the API does not know its scheme.
  const own = URL.canParse(origin) ? `${new URL(origin).protocol}//${host}` : '';
  return !URL.canParse(own) || new URL(own).host !== new URL(origin).host;
}

const foreignOrigin = (): HttpError =>
  new HttpError(
    'foreign-origin',
    'A web page of another origin may not change machines. An administrator can add the origin to CORS_ORIGINS.',
  );
