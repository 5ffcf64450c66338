import type { FastifyReply } from 'fastify';

/** Why a request ended whose client has left: nobody reads an answer. */
export class ClientClosedError extends Error {
  constructor() {
    super('the client closed the connection');
  }
}

/**
 * Aborted when the client closes the connection before the response is complete.
 *
 * Fastify's `request.signal` does not do: it follows the 'close' event of the request, which is emitted as soon as the body
 * has been read.
 */
export function clientAbort({ raw }: FastifyReply): AbortController {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new ClientClosedError());
  });
  return controller;
}

export const clientAbortSignal = (reply: FastifyReply): AbortSignal => clientAbort(reply).signal;

/**
 * Ends a request whose client has gone while it waited for the cluster: a handler would wait in vain for the event that
 * says so.
 */
export function checkConnected({ raw }: FastifyReply): void {
  if (raw.destroyed) throw new ClientClosedError();
}
