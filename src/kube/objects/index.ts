import { notReady } from '../../devmachine/errors.ts';
import type { Machines } from '../../devmachine/machines.ts';
import type { MachineObjects } from '../../devmachine/objects.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { MachineStatus } from '../../devmachine/status/status.ts';
import { type Account, backendAccount, limited, QUEUE_MS, servedStore } from '../calls.ts';
import type { ClusterClient } from '../client/client.ts';
import { ConcurrencyLimiter } from '../client/limiter.ts';
import type { MachineCache } from '../status/machine-cache.ts';
import { readAccess } from './access.ts';
import { chooseContainer, findPod } from './containers.ts';
import { deleteDisk } from './delete-disk.ts';
import { listDisks } from './disks.ts';
import { containerSource } from './logs/changes.ts';
import { followLog } from './logs/follow.ts';
import { readLog } from './logs/read.ts';
import { HangUps } from './terminal/hang-up.ts';
import { openTerminal } from './terminal/terminal.ts';
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
  const hangUps = new HangUps();

  function as(account: Account): MachineObjects {
    const { authorize } = account;
    const call = limited(account.call, limiter, cache);
    /** The machine's pod with its status. Throws machine-not-found. */
    async function find(key: MachineKey, signal: AbortSignal) {
      await authorize({ verb: 'get', resource: 'devmachines', namespace: key.namespace });
      const { json } = await machines.status(key, signal);
      const status = JSON.parse(json) as MachineStatus;
      return { status, pod: await findPod(cache, call, key, signal) };
    }
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

      async logs(key, options) {
        const { signal } = options;
        const { status, pod } = await find(key, signal);
        const container = chooseContainer(status, pod, options.container);
        if (!options.follow) return readLog(account, container, status, options);
        const source = containerSource(cache, status, container.name, () =>
          findPod(cache, call, key, signal),
        );
        return followLog(account, container, source, options);
      },

      async terminal(key, { command, ...options }) {
        // Not the client's signal: what has been started must be ended.
        const { status, pod } = await find(key, new AbortController().signal);
        const container = chooseContainer(status, pod, options.container);
        if (container.state !== 'running') throw notReady(status, `${container.name} does not run.`);
        return openTerminal(account, hangUps, container, command);
      },
    };
  }

  return { as, asBackend: as(backendAccount(backend)) };
}
