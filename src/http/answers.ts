import { createHash } from 'node:crypto';
import type { TSchema } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesETag } from './etag.ts';
import { invalid } from './validation.ts';

/**
 * Answers a document that is serialised already, or 304 to whoever has it. Its type is that of the document: Fastify
 * sends text as it is, where the answer has a content type.
 */
export function sendTagged<T>(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { etag, json, cacheControl = 'no-cache' }: { etag: string; json: string; cacheControl?: string },
): T {
  reply.header('etag', etag).header('cache-control', cacheControl);
  const known = matchesETag(headers['if-none-match'], etag);
  const sent = known ? reply.code(304).send() : reply.type('application/json; charset=utf-8').send(json);
  return sent as unknown as T;
}

/** An ETag of whatever `parts` say. */
export function etagOf(parts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return `"${hash.digest('base64url').slice(0, 16)}"`;
}

/** A number of the query, where everything is text; the schema says the limits too. */
export function wholeNumber(
  parameter: string,
  text: string | undefined,
  { minimum, maximum, default: fallback }: { minimum: number; maximum: number; default: number },
): number {
  if (text === undefined) return fallback;
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw invalid({ parameter, message: `must be a whole number from ${minimum} to ${maximum}` });
}

/** A JSON answer for a route's schema, with what it looks like. */
export const jsonAnswer = <Schema extends TSchema>(schema: Schema, description: string, value: unknown) => ({
  description,
  content: { 'application/json': { schema, examples: { answer: { summary: description, value } } } },
});
