import { DevMachineError, machineNotFound } from '../devmachine/errors.ts';
import type { Machine } from '../devmachine/machine.ts';
import type { Machines } from '../devmachine/machines.ts';
import type { MachineKey } from '../devmachine/manifest.ts';
import { NO_PARTS } from '../devmachine/parts.ts';
import { toEntry } from '../devmachine/status-entry.ts';
import { createMachine, getMachine } from './apply.ts';
import { replaceMachine } from './change-replace.ts';
import type { Connection } from './connection.ts';
import { deleteMachine } from './delete.ts';
import type { MachineCache } from './machine-cache.ts';
import { asMachineObject, toMachine } from './machine-object.ts';
import { setPower } from './power.ts';
import { purgeMachine } from './purge.ts';
import { asStatus, toDomainError } from './status-errors.ts';
import type { Store } from './store.ts';

export interface MachinesOptions {
  /** How long a purge waits for the operator. */
  readonly purgeTimeoutMs: number;
}

/** The machines of a cluster: written through `connection`, read from `cache`. */
export function openMachines(
  connection: Connection,
  cache: MachineCache,
  { purgeTimeoutMs }: MachinesOptions,
): Machines {
  function storeOf({ namespace }: MachineKey): Store<Machine> {
    const store = cache.store(namespace);
    if (store) return store;
    throw new DevMachineError(
      'namespace-not-found',
      `The namespace ${namespace} is not served here (WATCH_NAMESPACES).`,
    );
  }

  return {
    synced: () => cache.synced(),

    async create(key, spec, options) {
      const store = storeOf(key);
      const result = await createMachine(connection, key, spec, options);
      if (!options.dryRun) store.observe(result.machine);
      return result;
    },

    async replace(key, spec, options) {
      const store = storeOf(key);
      const machine = toMachine(await replaceMachine(connection, key, spec, options));
      if (!options.dryRun) store.observe(machine);
      return machine;
    },

    async setPower(key, action, options) {
      const store = storeOf(key);
      const machine = toMachine(await setPower(connection, key, action, options));
      store.observe(machine);
      return machine;
    },

    async status(key, signal) {
      const store = storeOf(key);
      if (!cache.synced()) throw notSynced();
      const known = cache.view.get(key.namespace, key.name);
      if (known) return known;
      // Another replica may have created it a moment ago, ahead of our watch.
      const object = await getMachine(connection, key, signal);
      if (!object) throw machineNotFound(key);
      const machine = toMachine(object);
      store.observe(machine);
      return cache.view.get(key.namespace, key.name) ?? toEntry(machine, NO_PARTS);
    },

    list(namespace) {
      if (namespace !== undefined) storeOf({ namespace, name: '' });
      if (!cache.synced()) throw notSynced();
      return cache.view.list(namespace);
    },

    subscribe: (listener) => cache.view.subscribe(listener),

    async delete(key, { purge, signal }) {
      const store = storeOf(key);
      const reply = purge
        ? await purgeMachine(connection, key, { timeoutMs: purgeTimeoutMs, signal })
        : await deleteMachine(connection, key, signal);
      if (!reply) return;
      const status = asStatus(reply.body);
      if (reply.status === 404 && status?.details?.kind) throw machineNotFound(key);
      if (reply.status >= 300) throw toDomainError(reply);
      // Status: it is gone. Else the machine, which goes when its finalizers are done.
      if (!status) store.observe(toMachine(asMachineObject(reply.body)));
      else if (status.details?.uid) store.forget(key.namespace, key.name, status.details.uid);
    },
  };
}

const notSynced = (): DevMachineError =>
  new DevMachineError('cache-not-synced', 'The machines of the cluster are still being read. Try again.', {
    retryAfterSeconds: 1,
  });
