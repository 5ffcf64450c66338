import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesETag } from './etag.ts';
import { type JsonDocument, withStaleness } from './staleness.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Sends a document from the cache, or 304 if the client has it. `ageMs` is the age of the cache. Clients may store the
 * document, but must revalidate it.
 *
 * `T` is the type that the route's schema states for the response. Fastify sends a string with a JSON content type as it is.
 */
export function sendCached<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  document: JsonDocument,
  ageMs: number,
): T {
  const { version, json } = withStaleness(document, ageMs);
  const headers = {
    etag: `"${version}"`,
    'cache-control': 'no-cache',
    age: String(Math.floor(ageMs / 1_000)),
    'content-type': JSON_TYPE,
  };
  return sendUnlessMatched(request, reply, headers, json) as T;
}

/** Sends a document that changes only with the version of the API, or 304 if the client has it. */
export function sendStatic<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  { version, json }: JsonDocument,
  maxAgeSeconds: number,
): T {
  const headers = {
    etag: `"${version}"`,
    'cache-control': `max-age=${maxAgeSeconds}`,
    'content-type': JSON_TYPE,
  };
  return sendUnlessMatched(request, reply, headers, json) as T;
}

function sendUnlessMatched(
  request: FastifyRequest,
  reply: FastifyReply,
  headers: { readonly etag: string; readonly 'content-type': string },
  json: string,
): unknown {
  if (!matchesETag(request.headers['if-none-match'], headers.etag)) return reply.headers(headers).send(json);
  const { 'content-type': _, ...rest } = headers;
  return reply.headers(rest).code(304).send();
}

/** A version for a document whose content is determined by `parts`. */
export function versionOf(parts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64url').slice(0, 16);
}
