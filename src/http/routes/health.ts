import type { FastifyPluginAsync } from 'fastify';

export interface HealthRoutes {
  /** Throws while requests cannot be answered. */
  readonly checkReady: () => void;
}

/**
 * /livez: the process answers; it never depends on the cluster. /readyz: the cache has been read, and is not too old to be
 * answered. It stays so while the cluster is away for a short time: another replica would know no more.
 */
export const healthRoutes: FastifyPluginAsync<HealthRoutes> = async (app, { checkReady }) => {
  const hidden = { schema: { hide: true }, logLevel: 'warn' } as const;

  app.get('/livez', hidden, async () => ({ status: 'ok' }));

  app.get('/readyz', hidden, async () => {
    checkReady();
    return { status: 'ok' };
  });
};
