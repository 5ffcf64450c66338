import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** How long a client may still take for a request that it has begun to send. */
const GRACE_MS = 1_000;
const STEP_MS = 20;

/**
 * When the app closes, requests that have arrived get their answer, the last on their connection; then connections that
 * are still open, with nothing or with half a request on them, are closed instead of waited for.
 */
export function drainOnClose(app: FastifyInstance): void {
  let answering = 0;
  let closing = false;
  app.addHook('preValidation', async (_request, reply) => {
    answering++;
    reply.raw.once('close', () => answering--);
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    closing = true;
    void closeTheRest();
  });

  async function closeTheRest(): Promise<void> {
    await sleep(GRACE_MS, undefined, { ref: false });
    while (answering > 0) await sleep(STEP_MS, undefined, { ref: false });
    app.server.closeAllConnections();
  }
}
