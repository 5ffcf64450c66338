import { type Log, reflect } from '../../src/kube/cache/reflector.ts';
import { Store, type Stored } from '../../src/kube/cache/store.ts';
import { systemClock } from '../../src/kube/client/clock.ts';
import type { Connection } from '../../src/kube/client/transport.ts';
import { createApi, pathIn } from './api.ts';
import type { Helm } from './helm.ts';
import { type Machine, openMachines } from './machine.ts';
import { createQueue } from './queue.ts';
import { reconcile } from './reconcile.ts';
import type { Watch } from './watches.ts';

export interface ControllerOptions {
  readonly connection: Connection;
  readonly helm: Helm;
  readonly watch: Watch;
  /** Empty: the whole cluster. */
  readonly namespaces: readonly string[];
  readonly workers: number;
  readonly log: Log;
}

/**
 * Takes a turn for a machine at each change of it, and when its period is over. What belongs to machines is not watched:
 * what somebody changes there is put right at the next turn. Ends, with what is under way, after `signal`.
 */
export async function control(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const { connection, helm, watch, workers, log } = options;
  const api = createApi(connection);
  const apiVersion = watch.group ? `${watch.group}/${watch.version}` : watch.version;
  const resource = await api.resource(apiVersion, watch.kind);
  const reconciler = { api, helm, machines: openMachines(api, resource), watch, log };
  const queue = createQueue({
    workers,
    work: (key) => {
      const [namespace = '', name = ''] = key.split('/');
      return reconcile(reconciler, { namespace, name });
    },
    onError: (key, err, waitMs) => log.warn({ key, err, waitMs }, 'reconcile failed'),
  });
  const scopes = options.namespaces.length > 0 ? options.namespaces : [undefined];
  const watches = scopes.map((namespace) => {
    const store = new Store<Stored>((err) => log.warn({ err }, 'a change was not taken up'));
    store.subscribe(({ item }) => queue.add(`${item.namespace}/${item.name}`));
    const path = namespace ? pathIn(resource, namespace) : `${resource.root}/${resource.plural}`;
    return reflect({ connection, path, transform: reduce, store, clock: systemClock, log }, signal);
  });
  await Promise.all(watches);
  await queue.stop();
}

function reduce(object: unknown): Stored {
  const { namespace, name, uid, resourceVersion } = (object as Machine).metadata;
  return { namespace, name, uid, resourceVersion };
}
