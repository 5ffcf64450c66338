import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { Config } from './config.ts';
import type { Figure } from './devmachine/figure.ts';
import type { Machines } from './devmachine/machines.ts';
import { acceptJson } from './http/body.ts';
import { changeRoutes } from './http/changes.ts';
import { devMachineRoutes } from './http/devmachines.ts';
import { drainOnClose } from './http/drain.ts';
import { EventHub } from './http/event-hub.ts';
import { eventRoutes } from './http/events.ts';
import { withCommonHeaders } from './http/headers.ts';
import { healthRoutes } from './http/health.ts';
import { allowHosts } from './http/hosts.ts';
import { listRoutes } from './http/listing.ts';
import { refuseMalformedHttp } from './http/malformed.ts';
import { metricsRoutes } from './http/metrics.ts';
import { OPENAPI } from './http/openapi.ts';
import { handleError, handleNotFound } from './http/problems.ts';
import { logRequests } from './http/request-log.ts';
import { FaultsOnly, requestLoggers } from './http/request-logger.ts';
import { countRequests } from './http/request-metrics.ts';
import { followRequests } from './http/requests.ts';
import { statusRoutes } from './http/status.ts';
import { templateRoutes } from './http/templates.ts';
import { AJV_OPTIONS } from './http/validation.ts';

export interface Dependencies {
  readonly machines: Machines;
  readonly logger: FastifyBaseLogger;
  /** What /metrics shows, beside the app's own. */
  readonly registry?: Registry;
  readonly figures?: readonly Figure[];
}

/** The whole API, for production and tests alike. It neither listens nor exits, and reads nothing but its arguments. */
export async function buildApp(
  config: Config,
  { machines, logger, registry = new Registry(), figures = [] }: Dependencies,
): Promise<FastifyInstance> {
  const app = fastify({
    ajv: AJV_OPTIONS,
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.requestTimeoutMs,
    http: {
      headersTimeout: config.requestTimeoutMs,
      // Node looks for slow requests every 30 s unless told otherwise: the limit would be a rough one.
      connectionsCheckingInterval: 1_000,
    },
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    logController: new FaultsOnly(),
    childLoggerFactory: requestLoggers(logger),
    frameworkErrors: handleError,
    clientErrorHandler: refuseMalformedHttp,
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Response schemas document; they do not filter, so that nothing which the cluster stores is lost on the way out.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);
  const log = logRequests(config.logReadsEvery);
  const count = countRequests(registry);
  followRequests(app, (ended) => {
    log(ended);
    count(ended);
  });
  app.addHook('onRequest', (request, reply, done) => {
    withCommonHeaders(request, reply);
    done();
  });
  app.addHook('onRequest', allowHosts(config.allowedHosts));
  acceptJson(app);
  drainOnClose(app);

  await app.register(swagger, OPENAPI);
  await app.register(healthRoutes, { checkReady: () => machines.checkReadable(undefined) });
  const { defaultNamespace, maxReaders, heartbeatMs, eventHistoryBytes: historyBytes } = config;
  const hub = new EventHub({ machines, maxReaders, heartbeatMs, historyBytes });
  await app.register(metricsRoutes, { registry, figures: [...figuresOf(machines, hub), ...figures] });
  const common = { prefix: '/api/v1', machines, defaultNamespace };
  await app.register(devMachineRoutes, common);
  await app.register(statusRoutes, { ...common, maxReaders });
  await app.register(listRoutes, common);
  await app.register(eventRoutes, { prefix: '/api/v1', hub, defaultNamespace });
  await app.register(templateRoutes, common);
  await app.register(changeRoutes, common);
  return app;
}

const figuresOf = (machines: Machines, hub: EventHub): Figure[] => [
  {
    type: 'gauge',
    name: 'devmachine_cached_machines',
    help: 'How many machines the cache knows.',
    value: () => machines.size(),
  },
  {
    type: 'gauge',
    name: 'devmachine_event_streams',
    help: 'How many event streams are open.',
    value: () => hub.size,
  },
];
