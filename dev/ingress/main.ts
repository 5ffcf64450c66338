import { createServer } from 'node:http';
import { pino } from 'pino';
import { openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { reportAddresses } from './addresses.ts';

/** The process of the ingress controller: KUBECONFIG names the cluster, PORT the port of its health check. */

const client = openClient(() => loadKubeConfig(process.env['KUBECONFIG']), { timeoutMs: 15_000 });
const stop = new AbortController();
const addresses = reportAddresses({ client, log: pino() }, stop.signal);

const server = createServer((_, response) => {
  response.writeHead(addresses.ready() ? 200 : 503).end();
}).listen(Number(process.env['PORT']), '127.0.0.1');

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    server.close();
    stop.abort();
    await addresses.stopped;
    await client.close();
  });
}
