import type { Machines } from '../../devmachine/machines.ts';
import type { MachineObjects } from '../../devmachine/objects.ts';
import { type Account, backendAccount, limited, QUEUE_MS, servedStore } from '../calls.ts';
import type { ClusterClient } from '../client/client.ts';
import { ConcurrencyLimiter } from '../client/limiter.ts';
import type { MachineCache } from '../status/machine-cache.ts';
import { readAccess } from './access.ts';
import { deleteDisk } from './delete-disk.ts';
import { listDisks } from './disks.ts';
import { readTimeline } from './timeline.ts';

export interface Objects {
  /** The objects of machines, with the rights of one account. All accounts share the slots. */
  as(account: Account): MachineObjects;
  /** With the rights of the backend's own account. */
  readonly asBackend: MachineObjects;
}

/** Calls at once, of all accounts. They take no slots of writes. */
const LIMITS = { concurrent: 16, queued: 1_000, waitMs: QUEUE_MS };

/**
 * `machines` tells whether a machine exists, with the backend's rights: whatever comes before an answer of the cluster to the
 * account's own request is reviewed first.
 */
export function openObjects(backend: ClusterClient, cache: MachineCache, machines: Machines): Objects {
  const limiter = new ConcurrencyLimiter(LIMITS);

  function as({ call: unlimited, authorize }: Account): MachineObjects {
    const call = limited(unlimited, limiter, cache);
    return {
      async access(key, signal) {
        await authorize({ verb: 'get', resource: 'devmachines', namespace: key.namespace });
        const { json } = await machines.status(key, signal);
        return call(signal, (cluster, within) =>
          readAccess(cluster, JSON.parse(json), cache.guard(key), within),
        );
      },

      async timeline(key, signal) {
        servedStore(cache, key.namespace);
        return call(signal, (cluster, within) => readTimeline(cluster, key, within));
      },

      async disks(namespace, signal) {
        const store = servedStore(cache, namespace);
        await authorize({ verb: 'list', resource: 'devmachines', namespace });
        const exists = (machine: string) => store.get(namespace, machine) !== undefined;
        return call(signal, (cluster, within) => listDisks(cluster, namespace, exists, within));
      },

      async deleteDisk(key, signal) {
        servedStore(cache, key.namespace);
        // Before anything is deleted. The cluster itself decides it again.
        await authorize({ verb: 'delete', resource: 'secrets', namespace: key.namespace });
        return call(signal, (cluster, within) => deleteDisk(cluster, key, within));
      },
    };
  }

  return { as, asBackend: as(backendAccount(backend)) };
}
