import { openClient } from '../kube/client/client.ts';
import { loadKubeConfig } from '../kube/client/kubeconfig.ts';
import { openLogger } from '../logger.ts';
import { loadReporterConfig } from './config.ts';
import { runReporter } from './reporter.ts';

/** A process of its own beside the operator, with the operator's account: the backend's may not read Secrets. */

/** Deadline of each request to the API server, in ms. */
const TIMEOUT_MS = 15_000;

async function main(): Promise<void> {
  const { kubeconfig, watchNamespaces, logLevel } = loadReporterConfig();
  const log = openLogger({ level: logLevel });
  const client = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs: TIMEOUT_MS });
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      stop.abort();
    });
  await runReporter({ client, namespaces: watchNamespaces, log }, stop.signal);
  await client.close();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`devmachine-reporter: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
