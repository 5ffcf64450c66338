import { DevMachineError, machineNotFound } from '../devmachine/errors.ts';
import type { Machines } from '../devmachine/machines.ts';
import { limited, observe, QUEUE_MS, servedStore } from './calls.ts';
import type { ClusterClient } from './client/client.ts';
import { ConcurrencyLimiter } from './client/limiter.ts';
import { getMachine } from './commands/apply.ts';
import { Lookups } from './lookups.ts';
import type { MachineObject } from './resources/devmachine.ts';
import type { MachineCache } from './status/machine-cache.ts';

export interface MachinesOptions {
  /** How old an answer from the cache may be, in ms. */
  readonly maxStalenessMs: number;
}

/** Look-ups of machines that the cache does not know. */
const LOOKUPS = { concurrent: 8, queued: 1_000, waitMs: QUEUE_MS };

/** The machines of a cluster, read from `cache`, and from the cluster with the backend's account. */
export function openMachines(
  client: ClusterClient,
  cache: MachineCache,
  { maxStalenessMs }: MachinesOptions,
): Machines {
  const call = limited(client.call, new ConcurrencyLimiter(LOOKUPS), cache);
  const lookups = new Lookups<MachineObject | undefined>(call);

  function checkReadable(namespace: string | undefined): void {
    if (namespace !== undefined) servedStore(cache, namespace);
    if (!cache.synced()) throw notSynced();
    if (cache.ageMs(namespace) > maxStalenessMs) throw stale(maxStalenessMs);
  }

  return {
    checkReadable,
    namespaces: () => cache.namespaces(),
    size: () => cache.view.size,
    ageMs: (namespace) => cache.ageMs(namespace),
    subscribe: (listener) => cache.view.subscribe(listener),

    known({ namespace, name }) {
      checkReadable(namespace);
      return cache.view.get(namespace, name);
    },

    async status(key, caller) {
      checkReadable(key.namespace);
      const known = cache.view.get(key.namespace, key.name);
      if (known) return known;
      // Another replica may have created it before this replica's watch reports it.
      const object = await lookups.get(key, caller, (cluster, signal) => getMachine(cluster, key, signal));
      if (!object) throw machineNotFound(key);
      const machine = observe(cache, key, object);
      return cache.view.get(key.namespace, key.name) ?? cache.toDocument(machine);
    },

    list(namespace) {
      checkReadable(namespace);
      return cache.view.list(namespace);
    },
  };
}

const notSynced = (): DevMachineError =>
  new DevMachineError('cache-not-synced', 'The machines of the cluster are still being read. Try again.', {
    retryAfterSeconds: 1,
  });

const stale = (maxStalenessMs: number): DevMachineError =>
  new DevMachineError(
    'cache-stale',
    `The cluster has not answered for more than ${maxStalenessMs / 1_000} s: the cached machines are too old.`,
    { retryAfterSeconds: 5 },
  );
