import type { FastifyReply } from 'fastify';

/**
 * Answers a document that is serialised already. Its type is that of the document: Fastify sends text as it is, where the
 * answer has a content type.
 */
export function sendJson<T>(reply: FastifyReply, json: string): T {
  return reply.type('application/json; charset=utf-8').send(json) as unknown as T;
}
