import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { loadConfig } from './config.ts';
import { openClient } from './kube/client/client.ts';
import { loadKubeConfig } from './kube/client/kubeconfig.ts';
import { openMachines } from './kube/machines.ts';
import { startMachineCache } from './kube/status/machine-cache.ts';
import { openLogger } from './logger.ts';

/** How long the start waits for the first page of the list, in ms. */
const MAX_HEAD_START_MS = 250;

/** env → config → cluster → app → listen; a signal → drain → close. */
export async function serve(): Promise<void> {
  const config = loadConfig();
  const logger = openLogger({ level: config.logLevel });
  const stop = new AbortController();
  const client = openClient(() => loadKubeConfig(config.kubeconfig), {
    timeoutMs: config.clusterTimeoutMs,
  });
  const { watchNamespaces: namespaces, maxStalenessMs, statusSettings } = config;
  const cache = startMachineCache(
    { client, namespaces, maxStalenessMs, statusSettings, log: logger },
    stop.signal,
  );
  const machines = openMachines(client, cache, config);
  // Loading the API blocks this thread for a while. Give the first list a start: the cluster works on it meanwhile.
  await Promise.race([cache.started, sleep(MAX_HEAD_START_MS, undefined, { ref: false })]);
  const { buildApp } = await import('./app.ts');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const app = await buildApp(config, { machines, logger, registry, metrics: machines.metrics });

  const shutDown = async (signal: string) => {
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), config.shutdownTimeoutMs).unref();
    await app.close();
    stop.abort();
    await cache.stopped;
    await client.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown(signal));

  await app.listen({ host: config.host, port: config.port });
  // Whoever started the process waits for Fastify's line "Server listening at …".
  logger.flush();
}
