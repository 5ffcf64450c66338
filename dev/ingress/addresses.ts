import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../../src/kube/cache/log.ts';
import type { Store } from '../../src/kube/cache/store.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { systemClock } from '../../src/kube/client/clock.ts';
import type { Ingress } from './objects.ts';

const RETRY_MS = 1_000;

interface Options {
  readonly client: ClusterClient;
  readonly log: Log;
  readonly ingresses: Store<Ingress>;
  /** The port of the relay. */
  readonly port: number;
}

/** Writes the address of the relay into the status of each Ingress that it serves, until `signal` is aborted. */
export function reportAddresses({ client, log, ingresses, port }: Options, signal: AbortSignal): void {
  /** What a controller reports in the status of an Ingress: where its hosts are served. */
  const loadBalancer = { ingress: [{ hostname: 'localhost', ports: [{ port, protocol: 'TCP' }] }] };

  async function report(ingress: Ingress): Promise<void> {
    const { namespace, name } = ingress;
    // A later version of the Ingress has its own call.
    while (!signal.aborted && ingresses.get(namespace, name) === ingress) {
      const status = await patchStatus(client, ingress, { loadBalancer }, signal).catch(
        (error: Error) => error.message,
      );
      if (status === 200) return;
      log.warn({ namespace, name, status }, 'the address was not written');
      await systemClock.sleep(RETRY_MS, signal);
    }
  }

  ingresses.subscribe(({ type, item }) => {
    if (type === 'deleted' || !item.isOurs || isDeepStrictEqual(item.loadBalancer, loadBalancer)) return;
    void report(item);
  });
}

/** Resolves with the status of the response. */
const patchStatus = (
  client: ClusterClient,
  { namespace, name }: Ingress,
  status: object,
  signal: AbortSignal,
): Promise<number> =>
  client.call(signal, async (cluster, deadline) => {
    const response = await cluster.request({
      method: 'PATCH',
      path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}/status`,
      body: { status },
      contentType: 'application/merge-patch+json',
      retryable: true,
      signal: deadline,
    });
    return response.status;
  });
