import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { Config } from './config.ts';
import type { Callers } from './devmachine/caller.ts';
import type { Machines } from './devmachine/machines.ts';
import type { Metric } from './devmachine/metric.ts';
import { OPENAPI } from './http/openapi/document.ts';
import { AccessLogController, accessLog } from './http/plugins/access-log.ts';
import { allowedHosts } from './http/plugins/allowed-hosts.ts';
import { auditLog } from './http/plugins/audit-log.ts';
import { authentication } from './http/plugins/authentication.ts';
import { authorization } from './http/plugins/authorization.ts';
import { crossOrigin } from './http/plugins/cross-origin.ts';
import { gracefulShutdown } from './http/plugins/graceful-shutdown.ts';
import { jsonBody } from './http/plugins/json-body.ts';
import { RateLimiter } from './http/plugins/rate-limit.ts';
import { requestLifecycle } from './http/plugins/request-lifecycle.ts';
import { requestMetrics } from './http/plugins/request-metrics.ts';
import { boundedTurns } from './http/plugins/turns.ts';
import { isWebSocket, webSockets } from './http/plugins/web-sockets.ts';
import { handleClientError } from './http/responses/client-error.ts';
import { handleError, handleNotFound } from './http/responses/problems.ts';
import { lazyValidators } from './http/responses/validation.ts';
import { type ConsoleFiles, consoleRoutes } from './http/routes/console.ts';
import { devMachineRoutes } from './http/routes/devmachines/index.ts';
import { namespaceResolver } from './http/routes/devmachines/query.ts';
import { diskRoutes } from './http/routes/disks.ts';
import { healthRoutes } from './http/routes/health.ts';
import { registerMetrics } from './http/routes/metrics.ts';
import { namespaceRoutes } from './http/routes/namespaces.ts';
import { openapiRoute } from './http/routes/openapi.ts';
import { templateRoutes } from './http/routes/templates.ts';
import { EventHub } from './http/sse/hub.ts';
import { Terminals } from './http/terminal/terminals.ts';

/** Longer than the idle timeout of load balancers (60 s): otherwise they reuse a connection that is just being closed. */
const KEEP_ALIVE_MS = 72_000;
/** Node.js enforces request timeouts only every 30 s by default. */
const CONNECTION_CHECK_MS = 1_000;
/** A client that neither sends nor reads for this long is disconnected. Longer than the longest wait for a phase. */
const SOCKET_TIMEOUT_MS = 330_000;
/** The request line and all headers. A token with many groups takes several kilobytes. */
const MAX_HEADER_BYTES = 16_384;

export interface Dependencies {
  readonly machines: Machines;
  readonly callers: Callers;
  readonly logger: FastifyBaseLogger;
  /** The console, if it has been built. */
  readonly consoleFiles?: ConsoleFiles | undefined;
  /** What /metrics exposes; see metrics-app.ts. The app adds its own metrics and `metrics` to it. */
  readonly registry?: Registry;
  readonly metrics?: readonly Metric[];
}

/** Builds the whole API, for production and for tests. It does not listen, exit, or read the environment. */
export async function buildApp(
  config: Config,
  { machines, callers, logger, consoleFiles, registry = new Registry(), metrics = [] }: Dependencies,
): Promise<FastifyInstance> {
  const { requestTimeoutMs, maxReaders, defaultNamespace, rateLimitPerMinute, trustProxy } = config;
  const app = fastify({
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: SOCKET_TIMEOUT_MS,
    http: {
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: CONNECTION_CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      shouldUpgradeCallback: isWebSocket,
    },
    trustProxy: trustProxy.length > 0 && [...trustProxy],
    bodyLimit: config.bodyLimitBytes,
    return503OnClosing: false,
    loggerInstance: logger,
    logController: new AccessLogController(),
    frameworkErrors: handleError,
    clientErrorHandler: handleClientError,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.server.maxConnections = config.maxConnections;
  app.setValidatorCompiler(lazyValidators());
  // Response schemas are documentation. They do not filter, so no field that the cluster stores is lost.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);

  // What holds for every request, in the order in which requests pass it.
  await app.register(requestLifecycle);
  await app.register(boundedTurns);
  await app.register(accessLog, { readsEvery: config.logReadsEvery });
  await app.register(auditLog);
  await app.register(requestMetrics, { registry });
  await app.register(gracefulShutdown);
  await app.register(allowedHosts, { allowedHosts: config.allowedHosts });
  await app.register(webSockets);
  await app.register(crossOrigin, { origins: config.corsOrigins });
  // A refused request is logged and counted, and its body is not read.
  const rateLimiter = rateLimitPerMinute > 0 ? new RateLimiter(rateLimitPerMinute) : undefined;
  await app.register(authentication, { callers, rateLimiter });
  await app.register(authorization, { defaultNamespace });
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
  const terminals = new Terminals(config.maxTerminals);
  registerMetrics(registry, [...metricsOf(machines, hub, terminals), ...metrics]);
  await app.register(openapiRoute);
  if (config.console) await app.register(consoleRoutes, { files: consoleFiles, ...config });
  await app.register(templateRoutes, { prefix: '/api/v1' });
  await app.register(devMachineRoutes, {
    prefix: '/api/v1/devmachines',
    machines,
    hub,
    defaultNamespace,
    terminals,
    maxReaders,
  });
  await app.register(diskRoutes, {
    prefix: '/api/v1',
    resolveNamespace: namespaceResolver(defaultNamespace),
  });
  await app.register(namespaceRoutes, { prefix: '/api/v1', machines });
  return app;
}

const metricsOf = (machines: Machines, hub: EventHub, terminals: Terminals): Metric[] => [
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
  {
    type: 'gauge',
    name: 'devmachine_terminals',
    help: 'Open terminals.',
    value: () => terminals.size,
  },
];
