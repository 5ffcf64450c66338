import { DevMachineError, machineNotFound } from '../devmachine/errors.ts';
import type { Machine } from '../devmachine/machine.ts';
import type { Machines } from '../devmachine/machines.ts';
import type { Metric } from '../devmachine/metric.ts';
import type { MachineKey } from '../devmachine/schema/manifest.ts';
import { NO_DEPENDENTS } from '../devmachine/status/dependents.ts';
import { MachineDocument } from '../devmachine/status/status-document.ts';
import type { Store } from './cache/store.ts';
import { asStatus, toDomainError } from './client/api-errors.ts';
import { systemClock } from './client/clock.ts';
import { ConcurrencyLimiter } from './client/limiter.ts';
import { withRetries } from './client/retry.ts';
import { within } from './client/timeout.ts';
import type { Connection } from './client/transport.ts';
import { createMachine, getMachine } from './commands/create.ts';
import { deleteMachine } from './commands/delete.ts';
import { setPower } from './commands/power.ts';
import { purgeMachine } from './commands/purge.ts';
import { replaceMachine } from './commands/replace.ts';
import { asMachineObject, toMachine } from './resources/devmachine.ts';
import type { MachineCache } from './status/machine-cache.ts';

export interface MachinesOptions {
  /** How long a call may take in the cluster, with all that it takes. */
  readonly clusterTimeoutMs: number;
  /** How long a purge waits for the operator. */
  readonly purgeTimeoutMs: number;
  /** How old an answer of the cache may be. */
  readonly maxStalenessMs: number;
  /** Changes that may be under way in the cluster at once. */
  readonly maxWrites: number;
  /** Changes that may wait for their turn. */
  readonly maxQueuedWrites: number;
}

export interface ClusterMachines extends Machines {
  /** What an operator wants to see of it. */
  readonly metrics: readonly Metric[];
}

/** How long a change waits for its turn. */
const QUEUE_MS = 5_000;
/** A machine that the cache does not know is looked up in the cluster: so many at once. */
const LOOKUPS = { concurrent: 8, queued: 1_000, waitMs: QUEUE_MS };

/** The machines of a cluster: written through `connection`, read from `cache`. */
export function openMachines(
  connection: Connection,
  cache: MachineCache,
  options: MachinesOptions,
): ClusterMachines {
  const { clusterTimeoutMs, purgeTimeoutMs, maxStalenessMs, maxWrites, maxQueuedWrites } = options;
  let retries = 0;
  const cluster = withRetries(connection, systemClock, () => retries++);
  const writes = new ConcurrencyLimiter({ concurrent: maxWrites, queued: maxQueuedWrites, waitMs: QUEUE_MS });
  const lookups = new ConcurrencyLimiter(LOOKUPS);

  function storeOf({ namespace }: Pick<MachineKey, 'namespace'>): Store<Machine> {
    const store = cache.store(namespace);
    if (store) return store;
    throw new DevMachineError(
      'namespace-not-found',
      `The namespace ${namespace} is not served here (WATCH_NAMESPACES).`,
    );
  }

  function checkReadable(namespace: string | undefined): void {
    if (namespace !== undefined) storeOf({ namespace });
    if (!cache.synced()) throw notSynced();
    if (cache.ageMs(namespace) > maxStalenessMs) throw stale(maxStalenessMs);
  }

  /** Asks the cluster, in turn and for a limited time; not at all while it does not answer anybody. */
  function ask<T>(
    limit: ConcurrencyLimiter,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (cache.away()) throw clusterAway();
    return limit.run(signal, () => within(clusterTimeoutMs, signal, work));
  }

  /** A purge mostly waits for the operator: of its requests, each takes its turn. */
  const inTurn: Connection = {
    ...cluster,
    request: (request) => ask(writes, request.signal, (signal) => cluster.request({ ...request, signal })),
  };

  const metric = (type: Metric['type'], name: string, help: string, value: () => number) => ({
    type,
    name: `devmachine_${name}`,
    help,
    value,
  });

  return {
    metrics: [
      metric('gauge', 'cache_age_seconds', 'How old answers from the cache are at most.', () =>
        cache.synced() ? cache.ageMs(undefined) / 1_000 : Number.NaN,
      ),
      metric('gauge', 'cluster_away', '1 while the cluster does not answer.', () => Number(cache.away())),
      metric('gauge', 'writes_running', 'Changes under way in the cluster.', () => writes.running),
      metric('gauge', 'writes_waiting', 'Changes that wait for their turn.', () => writes.waiting),
      metric('counter', 'cluster_retries_total', 'Requests sent to the cluster once more.', () => retries),
    ],
    checkReadable,
    size: () => cache.view.size,
    ageMs: (namespace) => cache.ageMs(namespace),
    subscribe: (listener) => cache.view.subscribe(listener),

    async create(key, spec, { dryRun, signal: caller }) {
      const store = storeOf(key);
      const result = await ask(writes, caller, (signal) =>
        createMachine(cluster, key, spec, { dryRun, signal }),
      );
      if (!dryRun) store.observe(result.machine);
      return result;
    },

    async replace(key, spec, { signal: caller, ...how }) {
      const store = storeOf(key);
      const machine = toMachine(
        await ask(writes, caller, (signal) => replaceMachine(cluster, key, spec, { ...how, signal })),
      );
      if (!how.dryRun) store.observe(machine);
      return machine;
    },

    async setPower(key, action, { force, signal: caller }) {
      const store = storeOf(key);
      const machine = toMachine(
        await ask(writes, caller, (signal) => setPower(cluster, key, action, { force, signal })),
      );
      store.observe(machine);
      return machine;
    },

    async delete(key, { purge, signal: caller }) {
      const store = storeOf(key);
      const deleted = purge
        ? await purgeMachine(inTurn, key, { timeoutMs: purgeTimeoutMs, signal: caller })
        : await ask(writes, caller, (signal) => deleteMachine(cluster, key, signal));
      if (!deleted) return;
      const { uid, reply } = deleted;
      if (reply && reply.status >= 300) throw toDomainError(reply);
      // Status: it is gone. Else the machine, which goes when its finalizers are done.
      if (!reply || asStatus(reply.body)) store.forget(key.namespace, key.name, uid);
      else store.observe(toMachine(asMachineObject(reply.body)));
    },

    known({ namespace, name }) {
      checkReadable(namespace);
      return cache.view.get(namespace, name);
    },

    async status(key, caller) {
      const store = storeOf(key);
      checkReadable(key.namespace);
      const known = cache.view.get(key.namespace, key.name);
      if (known) return known;
      // Another replica may have created it a moment ago, ahead of our watch.
      const object = await ask(lookups, caller, (signal) => getMachine(cluster, key, signal));
      if (!object) throw machineNotFound(key);
      const machine = toMachine(object);
      store.observe(machine);
      return cache.view.get(key.namespace, key.name) ?? new MachineDocument(machine, NO_DEPENDENTS);
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
    `The cluster has not been heard of for over ${maxStalenessMs / 1_000} s: what is known of its machines is too old.`,
    { retryAfterSeconds: 5 },
  );

const clusterAway = (): DevMachineError =>
  new DevMachineError('cluster-unavailable', 'The cluster does not answer. Nothing was asked of it.', {
    retryAfterSeconds: 5,
  });
