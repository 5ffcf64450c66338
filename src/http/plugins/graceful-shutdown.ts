import fp from 'fastify-plugin';

/** How long a client may take to finish sending a request once the shutdown has begun. */
const GRACE_MS = 1_000;

/**
 * When the app closes, requests that have arrived completely are answered, and each response closes its connection. After
 * `GRACE_MS`, connections that are idle or hold an incomplete request are closed as soon as every complete request has
 * been answered.
 *
 * Fastify itself sends `Connection: close` to requests that arrive after the close has begun.
 */
export const gracefulShutdown = fp(
  async (app) => {
    const { inFlight, onRequestEnd } = app.requestLifecycle;
    let graceOver = false;

    const closeConnectionsIfDrained = () => {
      for (const { request } of inFlight) if (request.raw.complete) return;
      app.server.closeAllConnections();
    };

    onRequestEnd(() => {
      if (graceOver) closeConnectionsIfDrained();
    });

    app.addHook('preClose', async () => {
      for (const reply of inFlight) if (!reply.raw.headersSent) reply.header('connection', 'close');
      setTimeout(() => {
        graceOver = true;
        closeConnectionsIfDrained();
      }, GRACE_MS).unref();
    });
  },
  { name: 'graceful-shutdown', dependencies: ['request-lifecycle'] },
);
