import { isDeepStrictEqual } from 'node:util';
import { UNMONITORED } from '../../src/kube/cache/health.ts';
import { Informer } from '../../src/kube/cache/informer.ts';
import type { Log } from '../../src/kube/cache/log.ts';
import type { Stored } from '../../src/kube/cache/store.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { systemClock } from '../../src/kube/client/clock.ts';
import { INGRESS_CLASS } from './ingress-class.ts';

const INGRESSES = '/apis/networking.k8s.io/v1/ingresses';
/** What a controller reports in the status of an Ingress: where its hosts are served. */
const STATUS = { status: { loadBalancer: { ingress: [{ hostname: 'localhost' }] } } };
const RETRY_MS = 1_000;

interface IngressObject {
  readonly metadata: Stored & { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly ingressClassName?: string };
  readonly status?: typeof STATUS.status;
}

/** An Ingress that this controller serves, or not. */
interface ObservedIngress extends Stored {
  readonly isOurs: boolean;
  readonly isReported: boolean;
}

export interface Addresses {
  /** Whether the controller knows all Ingresses. */
  ready(): boolean;
  /** Resolves when the watch has ended. */
  readonly stopped: Promise<void>;
}

interface Options {
  readonly client: ClusterClient;
  readonly log: Log;
}

/** Writes the address into the status of each Ingress of the class, or of none, until `signal` is aborted. */
export function reportAddresses({ client, log }: Options, signal: AbortSignal): Addresses {
  const context = { client, log, clock: systemClock, health: UNMONITORED };
  const informer = new Informer({ path: () => INGRESSES, transform: toObserved }, undefined, context);

  async function report(ingress: ObservedIngress): Promise<void> {
    const { namespace, name } = ingress;
    // A later version of the Ingress has its own call.
    while (!signal.aborted && informer.store.get(namespace, name) === ingress) {
      const status = await patchStatus(client, ingress, signal).catch((error: Error) => error.message);
      if (status === 200) return;
      log.warn({ namespace, name, status }, 'the address was not written');
      await systemClock.sleep(RETRY_MS, signal);
    }
  }

  informer.store.subscribe(({ type, item }) => {
    if (type !== 'deleted' && item.isOurs && !item.isReported) void report(item);
  });
  return { ready: () => informer.synced, stopped: informer.run(signal) };
}

function toObserved(object: unknown): ObservedIngress {
  const { metadata, spec, status } = object as IngressObject;
  const { namespace, name, uid, resourceVersion, annotations } = metadata;
  const className = spec.ingressClassName ?? annotations?.['kubernetes.io/ingress.class'];
  return {
    namespace,
    name,
    uid,
    resourceVersion,
    isOurs: className === undefined || className === INGRESS_CLASS.metadata.name,
    isReported: isDeepStrictEqual(status?.loadBalancer, STATUS.status.loadBalancer),
  };
}

/** Resolves with the status of the response. */
const patchStatus = (
  client: ClusterClient,
  { namespace, name }: ObservedIngress,
  signal: AbortSignal,
): Promise<number> =>
  client.call(signal, async (cluster, deadline) => {
    const { status } = await cluster.request({
      method: 'PATCH',
      path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}/status`,
      body: STATUS,
      contentType: 'application/merge-patch+json',
      retryable: true,
      signal: deadline,
    });
    return status;
  });
