import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { openConnection } from '../../src/kube/client/transport.ts';
import { onInterrupt } from '../foreground.ts';
import { control } from './controller.ts';
import { createHelm } from './helm.ts';
import { readWatches } from './watches.ts';

/**
 * A stand-in for `helm-operator run`, for development only: the real helm, driven with helm-operator's semantics, where
 * helm-operator itself is not at hand. It takes the flags of it that matter here, and one for the path of helm.
 *
 * What it leaves out: leader election, metrics, events, selectors, watching what belongs to machines, templates in
 * overrideValues, and the annotations uninstall-wait, upgrade-force and rollback-force.
 */
async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    allowPositionals: true,
    options: {
      'watches-file': { type: 'string', default: 'watches.yaml' },
      'health-probe-bind-address': { type: 'string', default: '127.0.0.1:8081' },
      'max-concurrent-reconciles': { type: 'string', default: String(availableParallelism()) },
      helm: { type: 'string', default: 'helm' },
    },
  });
  const log = pino();
  const { env } = process;
  const kubeconfig = env['KUBECONFIG'] ?? '';
  const { signal } = onInterrupt();
  const watches = await readWatches(flags['watches-file'], env);
  const connection = openConnection(() => loadKubeConfig(kubeconfig), { timeoutMs: 30_000 });
  const home = await mkdtemp(join(tmpdir(), 'devmachine-helm-'));
  const helm = createHelm({ program: flags.helm, kubeconfig, home });
  const namespaces = (env['WATCH_NAMESPACE'] ?? '').split(',').filter(Boolean);
  const workers = Number(flags['max-concurrent-reconciles']);
  const [host, port] = flags['health-probe-bind-address'].split(':');
  const health = createServer((_, reply) => reply.end('ok')).listen(Number(port), host);
  try {
    const options = { connection, helm, namespaces, workers, log };
    await Promise.all(watches.map((watch) => control({ ...options, watch }, signal)));
  } finally {
    health.close();
    await connection.close();
    await rm(home, { recursive: true, force: true });
  }
}

await main();
