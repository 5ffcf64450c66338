import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { loadConfig } from './config.ts';
import { loadKubeConfig } from './kube/client/kubeconfig.ts';
import { openConnection } from './kube/client/transport.ts';
import { openMachines } from './kube/machines.ts';
import { watchMachines } from './kube/status/machine-cache.ts';
import { openLogger } from './logger.ts';

/** How long the start waits for a cluster that does not answer. */
const LONGEST_WAIT_MS = 250;

/** env → config → cluster → app → listen; a signal → drain → close. */
export async function serve(): Promise<void> {
  const config = loadConfig();
  const logger = openLogger({ level: config.logLevel });
  const stop = new AbortController();
  const connection = openConnection(() => loadKubeConfig(config.kubeconfig), {
    timeoutMs: config.clusterTimeoutMs,
  });
  const { watchNamespaces: namespaces, maxStalenessMs } = config;
  const cache = watchMachines({ connection, namespaces, maxStalenessMs, log: logger }, stop.signal);
  const machines = openMachines(connection, cache, config);
  // The API takes a while to load, in which nothing else is done here; the cluster takes longer for the first list, and is
  // to be at it by then.
  await Promise.race([cache.begun, sleep(LONGEST_WAIT_MS, undefined, { ref: false })]);
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
    await connection.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown(signal));

  await app.listen({ host: config.host, port: config.port });
  // Whoever started the process waits for Fastify's line "Server listening at …".
  logger.flush();
}
