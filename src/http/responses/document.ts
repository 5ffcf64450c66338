import { createHash } from 'node:crypto';
import type { TSchema } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesETag } from './etag.ts';
import { invalid } from './validation.ts';

export interface JsonDocument {
  /** Identifies this content; the ETag is this text in quotes. */
  readonly version: string;
  /** The document, a JSON object, serialised already. */
  readonly json: string;
  readonly cacheControl?: string;
}

export const JSON_TYPE = 'application/json; charset=utf-8';
/** May be kept, and is asked for anew each time. */
export const REVALIDATE = 'no-cache';

/**
 * Answers a document, or 304 to whoever has it. Its type is that of the document: Fastify sends text as it is, where the
 * answer has a content type. `ageMs` is how old the cache is that it comes from; without, it comes from none.
 */
export function sendDocument<T>(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  document: JsonDocument,
  ageMs?: number,
): T {
  const { version, json } = withStaleness(document, ageMs ?? 0);
  const etag = `"${version}"`;
  reply.header('etag', etag).header('cache-control', document.cacheControl ?? REVALIDATE);
  if (ageMs !== undefined) reply.header('age', ageInSeconds(ageMs));
  const known = matchesETag(headers['if-none-match'], etag);
  const sent = known ? reply.code(304).send() : reply.type(JSON_TYPE).send(json);
  return sent as unknown as T;
}

/** The document; with `staleSince` where it comes from a cache that is no longer fresh. */
export const withStaleness = (document: JsonDocument, ageMs: number): JsonDocument =>
  ageMs > FRESH_MS ? withStaleSince(document, ageMs) : document;

/** As the header `Age` says it. */
export const ageInSeconds = (ageMs: number): string => String(Math.floor(ageMs / 1_000));

/** A cluster that is well is heard of every two seconds. */
export const FRESH_MS = 10_000;

/** The document with `staleSince`. That stays the same while the cluster is away, and so does the ETag. */
function withStaleSince({ version, json }: JsonDocument, ageMs: number): JsonDocument {
  const since = staleSince(ageMs);
  return {
    version: `${version}-${Date.parse(since).toString(36)}`,
    json: `${json.slice(0, -1)},"staleSince":${JSON.stringify(since)}}`,
  };
}

/** In whole seconds. */
export const staleSince = (ageMs: number): string =>
  new Date(Math.floor((Date.now() - ageMs) / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');

/** A version for a document that is determined by `parts`. */
export function versionOf(parts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64url').slice(0, 16);
}

/** A number of the query, where everything is text; the schema says the limits too. */
export function parseInteger(
  parameter: string,
  text: string | undefined,
  { minimum, maximum, default: fallback }: { minimum: number; maximum: number; default: number },
): number {
  if (text === undefined) return fallback;
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw invalid({ parameter, message: `must be a whole number from ${minimum} to ${maximum}` });
}

/** What `sendDocument` says in the head of an answer from the cache. */
export const DOCUMENT_HEADERS = {
  ETag: { type: 'string', description: 'Names this very document; for If-None-Match, and If-Match.' },
  Age: {
    type: 'integer',
    description:
      'How many seconds ago the service last knew that this is what the cluster has (RFC 9111, 5.1). It grows while the cluster does not answer.',
  },
};

/** A JSON answer for a route's schema, with what it looks like. */
export const jsonResponse = <Schema extends TSchema>(
  schema: Schema,
  description: string,
  value: unknown,
  headers?: object,
) => ({
  description,
  ...(headers && { headers }),
  content: { 'application/json': { schema, examples: { answer: { summary: description, value } } } },
});
