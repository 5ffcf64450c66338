import { createServer, type Server } from 'node:http';
import { pino } from 'pino';
import { openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { reportAddresses } from './addresses.ts';
import { GatewayAgent } from './gateway.ts';
import { createRelay } from './relay.ts';
import { createRoutes } from './routes.ts';
import { watchCluster } from './watch.ts';

/**
 * The process of the ingress controller: KUBECONFIG names the cluster, RELAY_PORT the port of the relay, PORT that of its
 * health check, and GATEWAY_SOCKET the gateway to the pods (gateway.ts). Without a gateway, the pods are simulated.
 */

const { KUBECONFIG, RELAY_PORT, PORT, GATEWAY_SOCKET } = process.env;
const log = pino();
const client = openClient(() => loadKubeConfig(KUBECONFIG), { timeoutMs: 15_000 });
const stop = new AbortController();
const watched = watchCluster({ client, log });
const routes = createRoutes(watched);
const agent = GATEWAY_SOCKET ? new GatewayAgent(GATEWAY_SOCKET) : undefined;
const port = Number(RELAY_PORT);
reportAddresses({ client, log, ingresses: watched.ingresses, port }, stop.signal);

const listen = (server: Server, host: string) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve();
      else reject(error);
    });
    server.listen({ port, host }, resolve);
  });

// Browsers take *.localhost for either address. Not every machine has the second.
for (const host of ['127.0.0.1', '::1'])
  await listen(createRelay({ routes, synced: watched.synced, agent, log }), host);
const stopped = watched.run(stop.signal);

createServer((_, response) => {
  response.writeHead(watched.synced() ? 200 : 503).end();
}).listen(Number(PORT), '127.0.0.1');

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    stop.abort();
    await stopped;
    await client.close();
    // Ends the connections that are open.
    process.exit();
  });
}
