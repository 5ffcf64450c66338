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
  const onAnswered = () => {
    answering--;
  };
  app.addHook('preValidation', (_request, reply, done) => {
    answering++;
    reply.raw.on('close', onAnswered);
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close');
    done();
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
