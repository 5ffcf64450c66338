import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { AccessLogController } from './http/plugins/access-log.ts';
import { allowedHosts } from './http/plugins/allowed-hosts.ts';
import { handleClientError } from './http/responses/client-error.ts';
import { handleError, handleNotFound } from './http/responses/problems.ts';
import { metricsRoute } from './http/routes/metrics.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 100;

export interface MetricsAppOptions {
  readonly registry: Registry;
  readonly logger: FastifyBaseLogger;
  /** The host names that may be asked; undefined allows any, because Prometheus asks pods by their address. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** /metrics for Prometheus, without authentication, on a port of its own that the network can keep inside the cluster. */
export async function buildMetricsApp(options: MetricsAppOptions): Promise<FastifyInstance> {
  const app = fastify({
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: 1_000 },
    forceCloseConnections: true,
    loggerInstance: options.logger,
    logController: new AccessLogController(),
    frameworkErrors: handleError,
    clientErrorHandler: handleClientError,
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);
  await app.register(allowedHosts, { allowedHosts: options.allowedHosts });
  await app.register(metricsRoute, { registry: options.registry });
  return app;
}
