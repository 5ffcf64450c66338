import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** How long a client may still take for a request that it has begun to send. */
const GRACE_MS = 1_000;
const STEP_MS = 20;

/**
 * When the app closes, requests that have arrived get their answer, the last on their connection; then connections that
 * are still open, with nothing or with half a request on them, are closed instead of waited for.
 */
export class GracefulShutdown {
  #closing = false;
  #answering = 0;

  get closing(): boolean {
    return this.#closing;
  }

  follow(app: FastifyInstance): void {
    const onAnswered = () => {
      this.#answering--;
    };
    app.addHook('preValidation', (_request, reply, done) => {
      this.#answering++;
      reply.raw.on('close', onAnswered);
      done();
    });
    app.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.#closing) reply.header('connection', 'close');
      done();
    });
    app.addHook('preClose', async () => {
      this.#closing = true;
      void this.#closeTheRest(app);
    });
  }

  async #closeTheRest({ server }: FastifyInstance): Promise<void> {
    await sleep(GRACE_MS, undefined, { ref: false });
    while (this.#answering > 0) await sleep(STEP_MS, undefined, { ref: false });
    server.closeAllConnections();
  }
}
