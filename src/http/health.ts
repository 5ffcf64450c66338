import type { FastifyPluginAsync } from 'fastify';
import { DevMachineError } from '../devmachine/errors.ts';

export interface HealthRoutes {
  /** Whether requests can be answered. */
  readonly ready: () => boolean;
}

/** /livez: the process answers; it never depends on the cluster. /readyz: so does the cache. */
export const healthRoutes: FastifyPluginAsync<HealthRoutes> = async (app, { ready }) => {
  const hidden = { schema: { hide: true }, logLevel: 'warn' } as const;

  app.get('/livez', hidden, async () => ({ status: 'ok' }));

  app.get('/readyz', hidden, async () => {
    if (ready()) return { status: 'ok' };
    throw new DevMachineError('cache-not-synced', 'The machines of the cluster are still being read.', {
      retryAfterSeconds: 1,
    });
  });
};
