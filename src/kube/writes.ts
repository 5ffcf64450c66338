import type { MachineWrites } from '../devmachine/machines.ts';
import { type Account, backendAccount, type Call, limited, observe, QUEUE_MS, servedStore } from './calls.ts';
import type { ClusterClient } from './client/client.ts';
import { ConcurrencyLimiter } from './client/limiter.ts';
import type { RequestClient } from './client/transport.ts';
import { createMachine } from './commands/create.ts';
import { deleteMachine } from './commands/delete.ts';
import { setPower } from './commands/power.ts';
import { purgeMachine } from './commands/purge.ts';
import { replaceMachine } from './commands/replace.ts';
import type { MachineCache } from './status/machine-cache.ts';

export interface WritesOptions {
  /** How long a purge waits for the operator, in ms. */
  readonly purgeTimeoutMs: number;
  /** Writes that may be in flight at once. */
  readonly maxWrites: number;
  /** Writes that may wait for a slot. */
  readonly maxQueuedWrites: number;
}

export interface Writes {
  /** The writes of one account. All accounts share the slots. */
  as(account: Account): MachineWrites;
  /** The writes of the backend's own account. */
  readonly asBackend: MachineWrites;
  /** The number of writes in flight, and of those that wait for a slot. */
  readonly limiter: Pick<ConcurrencyLimiter, 'running' | 'waiting'>;
}

export function openWrites(
  backend: ClusterClient,
  cache: MachineCache,
  { purgeTimeoutMs, maxWrites, maxQueuedWrites }: WritesOptions,
): Writes {
  const limiter = new ConcurrencyLimiter({
    concurrent: maxWrites,
    queued: maxQueuedWrites,
    waitMs: QUEUE_MS,
  });

  /** A purge mostly waits, so it takes a write slot per request instead of holding one. */
  const perRequest = (call: Call): RequestClient => ({
    request: (request) => call(request.signal, (slot, signal) => slot.request({ ...request, signal })),
  });
  const deployments = perRequest(limited(backend.call, limiter, cache));

  function as({ call: unlimited, authorize }: Account): MachineWrites {
    const call = limited(unlimited, limiter, cache);
    return {
      async create(key, spec, { dryRun, signal: caller }) {
        servedStore(cache, key.namespace);
        const { created, object } = await call(caller, (cluster, signal) =>
          createMachine(cluster, key, spec, { dryRun, signal }),
        );
        return { created, machine: dryRun ? cache.toMachine(object) : observe(cache, key, object) };
      },

      async replace(key, spec, { signal: caller, ...options }) {
        servedStore(cache, key.namespace);
        const object = await call(caller, (cluster, signal) =>
          replaceMachine(cluster, key, spec, { ...options, signal }),
        );
        return options.dryRun ? cache.toMachine(object) : observe(cache, key, object);
      },

      async setPower(key, action, { force, signal: caller }) {
        servedStore(cache, key.namespace);
        const object = await call(caller, (cluster, signal) =>
          setPower(cluster, key, action, { force, signal }),
        );
        return observe(cache, key, object);
      },

      async delete(key, { purge, signal: caller }) {
        const store = servedStore(cache, key.namespace);
        const result = purge
          ? await purgeAs(key.namespace)
          : await call(caller, (cluster, signal) => deleteMachine(cluster, key, signal));
        if (result?.remaining) observe(cache, key, result.remaining);
        else if (result) store.forget(key.namespace, key.name, result.uid);

        /**
         * The one request of a write that does not carry the caller's credentials: a purge reads the spec's digest on the
         * Deployment with the backend's account, because whoever may delete a machine needs no right over Deployments. That
         * the caller may delete the machine is therefore reviewed first, although the cluster decides it again afterwards.
         */
        async function purgeAs(namespace: string) {
          await authorize({ verb: 'delete', resource: 'devmachines', namespace });
          const options = { deployments, timeoutMs: purgeTimeoutMs, signal: caller };
          return purgeMachine(perRequest(call), key, options);
        }
      },
    };
  }

  return { as, asBackend: as(backendAccount(backend)), limiter };
}
