import { DevMachineError, machineNotFound } from '../devmachine/errors.ts';
import type { Machine } from '../devmachine/machine.ts';
import type { Machines } from '../devmachine/machines.ts';
import type { Metric } from '../devmachine/metric.ts';
import type { MachineKey } from '../devmachine/schema/manifest.ts';
import type { Store } from './cache/store.ts';
import type { ClusterClient } from './client/client.ts';
import { ConcurrencyLimiter } from './client/limiter.ts';
import type { RequestClient } from './client/transport.ts';
import { getMachine } from './commands/apply.ts';
import { createMachine } from './commands/create.ts';
import { deleteMachine } from './commands/delete.ts';
import { setPower } from './commands/power.ts';
import { purgeMachine } from './commands/purge.ts';
import { replaceMachine } from './commands/replace.ts';
import { Lookups } from './lookups.ts';
import { metricsOf } from './metrics.ts';
import type { MachineObject } from './resources/devmachine.ts';
import type { MachineCache } from './status/machine-cache.ts';

export interface MachinesOptions {
  /** How long a purge waits for the operator, in ms. */
  readonly purgeTimeoutMs: number;
  /** How old an answer from the cache may be, in ms. */
  readonly maxStalenessMs: number;
  /** Writes that may be in flight at once. */
  readonly maxWrites: number;
  /** Writes that may wait for a slot. */
  readonly maxQueuedWrites: number;
}

export interface ClusterMachines extends Machines {
  readonly metrics: readonly Metric[];
}

/** How long a call waits for a slot. */
const QUEUE_MS = 5_000;
/** Look-ups of machines that the cache does not know. */
const LOOKUPS = { concurrent: 8, queued: 1_000, waitMs: QUEUE_MS };

/** The machines of a cluster: written through `client`, read from `cache`. */
export function openMachines(
  client: ClusterClient,
  cache: MachineCache,
  { purgeTimeoutMs, maxStalenessMs, maxWrites, maxQueuedWrites }: MachinesOptions,
): ClusterMachines {
  const writes = new ConcurrencyLimiter({
    concurrent: maxWrites,
    queued: maxQueuedWrites,
    waitMs: QUEUE_MS,
  });
  const lookups = new Lookups<MachineObject | undefined>(new ConcurrencyLimiter(LOOKUPS));

  function storeOf(namespace: string): Store<Machine> {
    const store = cache.store(namespace);
    if (store) return store;
    throw new DevMachineError(
      'namespace-not-found',
      `The namespace ${namespace} is not served here (WATCH_NAMESPACES).`,
    );
  }

  function checkReadable(namespace: string | undefined): void {
    if (namespace !== undefined) storeOf(namespace);
    if (!cache.synced()) throw notSynced();
    if (cache.ageMs(namespace) > maxStalenessMs) throw stale(maxStalenessMs);
  }

  /** Writes when it gets a slot; fails at once while the cluster is unreachable. */
  function write<T>(
    signal: AbortSignal,
    work: (client: RequestClient, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (cache.unreachable()) throw unreachable();
    return writes.run(signal, () => client.call(signal, work));
  }

  /** A purge mostly waits, so it takes a write slot per request instead of holding one. */
  const rateLimited: RequestClient = {
    request: (request) => write(request.signal, (slot, signal) => slot.request({ ...request, signal })),
  };

  /** Makes the result of a write visible to reads on this replica before the watch reports it. */
  function observe({ namespace }: MachineKey, object: MachineObject): Machine {
    const machine = cache.toMachine(object);
    storeOf(namespace).observe(machine);
    return machine;
  }

  return {
    metrics: metricsOf(client, cache, writes),
    checkReadable,
    size: () => cache.view.size,
    ageMs: (namespace) => cache.ageMs(namespace),
    subscribe: (listener) => cache.view.subscribe(listener),

    async create(key, spec, { dryRun, signal: caller }) {
      storeOf(key.namespace);
      const { created, object } = await write(caller, (cluster, signal) =>
        createMachine(cluster, key, spec, { dryRun, signal }),
      );
      return { created, machine: dryRun ? cache.toMachine(object) : observe(key, object) };
    },

    async replace(key, spec, { signal: caller, ...options }) {
      storeOf(key.namespace);
      const object = await write(caller, (cluster, signal) =>
        replaceMachine(cluster, key, spec, { ...options, signal }),
      );
      return options.dryRun ? cache.toMachine(object) : observe(key, object);
    },

    async setPower(key, action, { force, signal: caller }) {
      storeOf(key.namespace);
      const object = await write(caller, (cluster, signal) =>
        setPower(cluster, key, action, { force, signal }),
      );
      return observe(key, object);
    },

    async delete(key, { purge, signal: caller }) {
      const store = storeOf(key.namespace);
      const result = purge
        ? await purgeMachine(rateLimited, key, { timeoutMs: purgeTimeoutMs, signal: caller })
        : await write(caller, (cluster, signal) => deleteMachine(cluster, key, signal));
      if (result?.remaining) observe(key, result.remaining);
      else if (result) store.forget(key.namespace, key.name, result.uid);
    },

    known({ namespace, name }) {
      checkReadable(namespace);
      return cache.view.get(namespace, name);
    },

    async status(key, caller) {
      checkReadable(key.namespace);
      const known = cache.view.get(key.namespace, key.name);
      if (known) return known;
      // Another replica may have created it before this replica's watch reports it.
      if (cache.unreachable()) throw unreachable();
      const object = await lookups.get(key, caller, (shared) =>
        client.call(shared, (cluster, signal) => getMachine(cluster, key, signal)),
      );
      if (!object) throw machineNotFound(key);
      const machine = observe(key, object);
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

const unreachable = (): DevMachineError =>
  new DevMachineError('cluster-unavailable', 'The cluster is unreachable. No request was sent to it.', {
    retryAfterSeconds: 5,
  });
