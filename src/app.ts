import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { Config } from './config.ts';
import type { Machines } from './devmachine/machines.ts';
import type { Metric } from './devmachine/metric.ts';
import { openFastPath } from './http/fast-path.ts';
import { OPENAPI } from './http/openapi/document.ts';
import { logRequests } from './http/plugins/access-log.ts';
import { allowHosts } from './http/plugins/allowed-hosts.ts';
import { refuseMalformedHttp } from './http/plugins/client-error.ts';
import { GracefulShutdown } from './http/plugins/graceful-shutdown.ts';
import { acceptJson } from './http/plugins/json-body.ts';
import { type EndedRequest, followRequests, requestIds } from './http/plugins/request-lifecycle.ts';
import { FaultsOnly, requestLoggers } from './http/plugins/request-logger.ts';
import { countRequests } from './http/plugins/request-metrics.ts';
import { withCommonHeaders } from './http/responses/headers.ts';
import { handleError, handleNotFound } from './http/responses/problems.ts';
import { lazyValidators } from './http/responses/validation.ts';
import { devMachineRoutes } from './http/routes/devmachines/create.ts';
import { eventRoutes } from './http/routes/devmachines/events.ts';
import { listRoutes } from './http/routes/devmachines/list.ts';
import { changeRoutes } from './http/routes/devmachines/replace.ts';
import { statusRoutes } from './http/routes/devmachines/status.ts';
import { healthRoutes } from './http/routes/health.ts';
import { metricsRoutes } from './http/routes/metrics.ts';
import { templateRoutes } from './http/routes/templates.ts';
import { serverFactory } from './http/server.ts';
import { EventHub } from './http/sse/hub.ts';

export interface Dependencies {
  readonly machines: Machines;
  readonly logger: FastifyBaseLogger;
  /** What /metrics shows, beside the app's own. */
  readonly registry?: Registry;
  readonly metrics?: readonly Metric[];
}

/** The whole API, for production and tests alike. It neither listens nor exits, and reads nothing but its arguments. */
export async function buildApp(
  config: Config,
  { machines, logger, registry = new Registry(), metrics = [] }: Dependencies,
): Promise<FastifyInstance> {
  const { allowedHosts, requestTimeoutMs } = config;
  const log = logRequests(config.logReadsEvery);
  const count = countRequests(registry);
  const onEnd = (ended: EndedRequest) => {
    log(ended);
    count(ended);
  };
  const newId = requestIds();
  const drain = new GracefulShutdown();
  const isClosing = () => drain.closing;
  const fastPath = openFastPath({ machines, allowedHosts, logger, newId, onEnd, isClosing });
  const app = fastify({
    serverFactory: serverFactory({ requestTimeoutMs, fastPath }),
    bodyLimit: config.bodyLimitBytes,
    return503OnClosing: false,
    genReqId: newId,
    logController: new FaultsOnly(),
    childLoggerFactory: requestLoggers(logger),
    frameworkErrors: handleError,
    clientErrorHandler: refuseMalformedHttp,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(lazyValidators());
  // Response schemas document; they do not filter, so that nothing which the cluster stores is lost on the way out.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);
  followRequests(app, onEnd);
  app.addHook('onRequest', (request, reply, done) => {
    withCommonHeaders(request, reply);
    done();
  });
  app.addHook('onRequest', allowHosts(allowedHosts));
  acceptJson(app);
  drain.follow(app);

  await app.register(swagger, OPENAPI);
  await app.register(healthRoutes, { checkReady: () => machines.checkReadable(undefined) });
  const { defaultNamespace, maxReaders, heartbeatMs, eventHistoryBytes: historyBytes } = config;
  const hub = new EventHub({ machines, maxReaders, heartbeatMs, historyBytes });
  await app.register(metricsRoutes, { registry, metrics: [...metricsOf(machines, hub), ...metrics] });
  const common = { prefix: '/api/v1', machines, defaultNamespace };
  await app.register(devMachineRoutes, common);
  await app.register(statusRoutes, { ...common, maxReaders });
  await app.register(listRoutes, common);
  await app.register(eventRoutes, { prefix: '/api/v1', hub, defaultNamespace });
  await app.register(templateRoutes, common);
  await app.register(changeRoutes, common);
  return app;
}

const metricsOf = (machines: Machines, hub: EventHub): Metric[] => [
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
