import type { FastifyReply } from 'fastify';

/**
 * Aborted when the client goes away before it has its answer. Fastify's `request.signal` would not do: it listens to the
 * request, which closes as soon as its body has been read, and says nothing any more after that.
 */
export function clientAbortSignal({ raw }: FastifyReply): AbortSignal {
  const leaving = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.abort(new Error('the client went away'));
  });
  return leaving.signal;
}
