import type { FastifyReply } from 'fastify';

/** The reason of a signal of `clientAbortSignal`. */
export class ClientClosedError extends Error {}

/**
 * A signal that is aborted when the client closes the connection before the response is complete.
 *
 * Fastify's `request.signal` does not do: it follows the 'close' event of the request, which is emitted as soon as the body
 * has been read.
 */
export function clientAbortSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new ClientClosedError('the client closed the connection'));
  });
  return controller.signal;
}
