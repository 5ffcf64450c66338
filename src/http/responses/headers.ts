import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * The headers of every answer, errors too. Documents for programs: a browser that is led to one runs nothing of it, shows
 * it in no frame, and tells nobody where it came from.
 */
export const COMMON_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const;

export const withCommonHeaders = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply
    .headers(COMMON_HEADERS)
    // What may be kept says so itself.
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id);
