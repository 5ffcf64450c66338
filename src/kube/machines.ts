import { DevMachineError } from '../devmachine/errors.ts';
import type { Machine } from '../devmachine/machine.ts';
import type { Machines } from '../devmachine/machines.ts';
import type { MachineKey } from '../devmachine/manifest.ts';
import { createMachine, getMachine } from './apply.ts';
import type { Connection } from './connection.ts';
import type { MachineCache } from './machine-cache.ts';
import { asMachineObject, machinePath, toMachine } from './machine-object.ts';
import { asStatus, toDomainError } from './status-errors.ts';
import type { Store } from './store.ts';

/** The machines of a cluster: written through `connection`, read from `cache`. */
export function openMachines(connection: Connection, cache: MachineCache): Machines {
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

    async read(key, signal) {
      const store = storeOf(key);
      if (!store.synced) {
        throw new DevMachineError(
          'cache-not-synced',
          'The machines of the cluster are still being read. Try again.',
          {
            retryAfterSeconds: 1,
          },
        );
      }
      const cached = store.get(key.namespace, key.name);
      if (cached) return cached;
      // Another replica may have created it a moment ago, ahead of our watch.
      const object = await getMachine(connection, key, signal);
      if (!object) throw notFound(key);
      const machine = toMachine(object);
      store.observe(machine);
      return machine;
    },

    async delete(key, signal) {
      const store = storeOf(key);
      const reply = await connection.request({ method: 'DELETE', path: machinePath(key), signal });
      const status = asStatus(reply.body);
      if (reply.status === 404 && status?.details?.kind) throw notFound(key);
      if (reply.status >= 300) throw toDomainError(reply);
      // Status: it is gone. Else the machine, which goes when its finalizers are done.
      if (!status) store.observe(toMachine(asMachineObject(reply.body)));
      else if (status.details?.uid) store.forget(key.namespace, key.name, status.details.uid);
    },
  };
}

const notFound = ({ namespace, name }: MachineKey): DevMachineError =>
  new DevMachineError('machine-not-found', `There is no machine ${name} in the namespace ${namespace}.`);
