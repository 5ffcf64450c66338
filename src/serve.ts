import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type Config, loadConfig } from './config.ts';
import { anyCaller } from './devmachine/caller.ts';
import { openCallers } from './kube/callers/callers.ts';
import { openClient } from './kube/client/client.ts';
import { loadKubeConfig, withoutCredentials } from './kube/client/kubeconfig.ts';
import { openMachines } from './kube/machines.ts';
import { metricsOf } from './kube/metrics.ts';
import { openObjects } from './kube/objects/index.ts';
import { startMachineCache } from './kube/status/machine-cache.ts';
import { openWrites } from './kube/writes.ts';
import { openLogger } from './logger.ts';

/** How long the start waits for the first page of the list, in ms. */
const MAX_HEAD_START_MS = 250;

/** Where `npm run build` puts the console. The path is the same from src/ and from dist/. */
const CONSOLE_FOLDER = new URL('../dist/console/', import.meta.url);

/** env → config → cluster → app → listen; a signal → drain → close. */
export async function serve(): Promise<void> {
  const config = loadConfig();
  const logger = openLogger({ level: config.logLevel });
  logAuthMode(config, logger);
  const stop = new AbortController();
  const options = { timeoutMs: config.clusterTimeoutMs };
  const client = openClient(() => loadKubeConfig(config.kubeconfig), options);
  // Connections with the backend's client certificate would give its rights to every caller.
  const callerClient = openClient(() => withoutCredentials(loadKubeConfig(config.kubeconfig)), options);
  const { watchNamespaces: namespaces, maxStalenessMs, statusSettings } = config;
  const cache = startMachineCache(
    { client, namespaces, maxStalenessMs, statusSettings, log: logger },
    stop.signal,
  );
  const machines = openMachines(client, cache, config);
  const writes = openWrites(client, cache, config);
  const objects = openObjects(client, cache, machines);
  const callers =
    config.authMode === 'none'
      ? anyCaller({ machines: writes.asBackend, objects: objects.asBackend })
      : openCallers({ client: callerClient, cache, writes, objects, namespaces });
  // Loading the API blocks this thread for a while. Give the first list a start: the cluster works on it meanwhile.
  await Promise.race([cache.started, sleep(MAX_HEAD_START_MS, undefined, { ref: false })]);
  const { buildApp } = await import('./app.ts');
  const { buildMetricsApp } = await import('./metrics-app.ts');
  const { readConsole } = await import('./http/routes/console.ts');
  const consoleFiles = config.console ? await readConsole(CONSOLE_FOLDER) : undefined;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = metricsOf([client, callerClient], cache, writes);
  const app = await buildApp(config, { machines, callers, logger, consoleFiles, registry, metrics });
  const metricsApp = await buildMetricsApp({ registry, logger, allowedHosts: config.loopbackHosts });

  const shutDown = async (signal: string) => {
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), config.shutdownTimeoutMs).unref();
    await app.close();
    await metricsApp.close();
    stop.abort();
    await cache.stopped;
    await Promise.all([client.close(), callerClient.close()]);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown(signal));

  const { host, port, metricsPort } = config;
  if (metricsPort > 0) {
    const listenTextResolver = (address: string) => `metrics at ${address}/metrics`;
    await metricsApp.listen({ host, port: metricsPort, listenTextResolver });
  }
  await app.listen({ host, port });
  // Whoever started the process waits for Fastify's line "Server listening at …".
  logger.flush();
}

function logAuthMode(
  { authMode, authModeReason, insecure }: Config,
  logger: ReturnType<typeof openLogger>,
): void {
  const meaning = {
    none: "every request has the rights of the backend's own account",
    kubernetes: 'every request has the rights of its bearer token',
  }[authMode];
  logger.info({ authMode, reason: authModeReason }, `authentication: ${meaning}`);
  if (insecure) {
    logger.warn(
      "INSECURE_ANYONE_MAY_DO_ANYTHING: everybody who can reach this address has the rights of the backend's account",
    );
  }
}
