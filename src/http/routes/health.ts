import type { FastifyPluginAsync } from 'fastify';

export interface HealthRoutesOptions {
  /** Throws while reads cannot be answered. */
  readonly checkReady: () => void;
}

/**
 * /livez answers as long as the process runs, and never depends on the cluster. /readyz answers once the cache is synced and
 * while it is not too stale. A short outage of the API server does not make a replica unready, because no other replica
 * would know more.
 */
export const healthRoutes: FastifyPluginAsync<HealthRoutesOptions> = async (app, { checkReady }) => {
  const hidden = { schema: { hide: true }, config: { access: 'open' }, logLevel: 'warn' } as const;

  app.get('/livez', hidden, async () => ({ status: 'ok' }));

  app.get('/readyz', hidden, async () => {
    checkReady();
    return { status: 'ok' };
  });
};
