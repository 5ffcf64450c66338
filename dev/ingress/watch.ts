import { UNMONITORED } from '../../src/kube/cache/health.ts';
import { Informer } from '../../src/kube/cache/informer.ts';
import type { Log } from '../../src/kube/cache/log.ts';
import type { Store, Stored } from '../../src/kube/cache/store.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { systemClock } from '../../src/kube/client/clock.ts';
import {
  type EndpointSlice,
  type Ingress,
  type Service,
  toEndpointSlice,
  toIngress,
  toService,
} from './objects.ts';

/** Copies of all objects of the cluster that routing depends on, which follow the cluster. */
export interface Watched {
  readonly ingresses: Store<Ingress>;
  readonly services: Store<Service>;
  readonly endpointSlices: Store<EndpointSlice>;
  /** Whether all of them have been listed. */
  synced(): boolean;
  /** Follows the cluster until `signal` is aborted. Subscribe to the stores before. */
  run(signal: AbortSignal): Promise<void>;
}

interface Options {
  readonly client: ClusterClient;
  readonly log: Log;
}

export function watchCluster({ client, log }: Options): Watched {
  const context = { client, log, clock: systemClock, health: UNMONITORED };
  const watch = <T extends Stored>(path: string, transform: (object: unknown) => T) =>
    new Informer({ path: () => path, transform }, undefined, context);
  const ingresses = watch('/apis/networking.k8s.io/v1/ingresses', toIngress);
  const services = watch('/api/v1/services', toService);
  const endpointSlices = watch('/apis/discovery.k8s.io/v1/endpointslices', toEndpointSlice);
  const informers = [ingresses, services, endpointSlices];
  return {
    ingresses: ingresses.store,
    services: services.store,
    endpointSlices: endpointSlices.store,
    synced: () => informers.every(({ synced }) => synced),
    run: async (signal) => {
      await Promise.all(informers.map((informer) => informer.run(signal)));
    },
  };
}
