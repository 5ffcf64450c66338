import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { Config } from './config.ts';
import type { Machines } from './devmachine/machines.ts';
import type { Metric } from './devmachine/metric.ts';
import { OPENAPI } from './http/openapi/document.ts';
import { AccessLogController, accessLog } from './http/plugins/access-log.ts';
import { allowedHosts } from './http/plugins/allowed-hosts.ts';
import { gracefulShutdown } from './http/plugins/graceful-shutdown.ts';
import { jsonBody } from './http/plugins/json-body.ts';
import { requestLifecycle } from './http/plugins/request-lifecycle.ts';
import { requestMetrics } from './http/plugins/request-metrics.ts';
import { handleClientError } from './http/responses/client-error.ts';
import { handleError, handleNotFound } from './http/responses/problems.ts';
import { lazyValidators } from './http/responses/validation.ts';
import { devMachineRoutes } from './http/routes/devmachines/index.ts';
import { healthRoutes } from './http/routes/health.ts';
import { metricsRoutes } from './http/routes/metrics.ts';
import { templateRoutes } from './http/routes/templates.ts';
import { EventHub } from './http/sse/hub.ts';

/** Longer than the idle timeout of load balancers (60 s): otherwise they reuse a connection that is just being closed. */
const KEEP_ALIVE_MS = 72_000;
/** Node.js enforces request timeouts only every 30 s by default. */
const CONNECTION_CHECK_MS = 1_000;

export interface Dependencies {
  readonly machines: Machines;
  readonly logger: FastifyBaseLogger;
  /** What /metrics exposes. The app adds its own metrics to it. */
  readonly registry?: Registry;
  readonly metrics?: readonly Metric[];
}

/** Builds the whole API, for production and for tests. It does not listen, exit, or read the environment. */
export async function buildApp(
  config: Config,
  { machines, logger, registry = new Registry(), metrics = [] }: Dependencies,
): Promise<FastifyInstance> {
  const { requestTimeoutMs, maxReaders, defaultNamespace } = config;
  const app = fastify({
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: CONNECTION_CHECK_MS },
    bodyLimit: config.bodyLimitBytes,
    return503OnClosing: false,
    loggerInstance: logger,
    logController: new AccessLogController(),
    frameworkErrors: handleError,
    clientErrorHandler: handleClientError,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(lazyValidators());
  // Response schemas are documentation. They do not filter, so no field that the cluster stores is lost.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);

  // What holds for every request, in the order in which requests pass it.
  await app.register(requestLifecycle);
  await app.register(accessLog, { readsEvery: config.logReadsEvery });
  await app.register(requestMetrics, { registry });
  await app.register(gracefulShutdown);
  await app.register(allowedHosts, { allowedHosts: config.allowedHosts });
  // Authentication and then authorization belong here: a refused request is logged and counted, and its body is not read.
  await app.register(jsonBody);

  // The documentation plugin comes before the routes that it documents.
  await app.register(swagger, OPENAPI);
  const hub = new EventHub({
    machines,
    maxStreams: maxReaders,
    heartbeatMs: config.heartbeatMs,
    historyBytes: config.eventHistoryBytes,
  });
  await app.register(healthRoutes, { checkReady: () => machines.checkReadable(undefined) });
  await app.register(metricsRoutes, { registry, metrics: [...metricsOf(machines, hub), ...metrics] });
  await app.register(templateRoutes, { prefix: '/api/v1' });
  await app.register(devMachineRoutes, {
    prefix: '/api/v1/devmachines',
    machines,
    hub,
    defaultNamespace,
    maxWaitingRequests: maxReaders,
  });
  return app;
}

const metricsOf = (machines: Machines, hub: EventHub): Metric[] => [
  {
    type: 'gauge',
    name: 'devmachine_cached_machines',
    help: 'Machines in the cache.',
    value: () => machines.size(),
  },
  {
    type: 'gauge',
    name: 'devmachine_event_streams',
    help: 'Open event streams.',
    value: () => hub.size,
  },
];
