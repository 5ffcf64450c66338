import type { Machine } from '../devmachine/machine.ts';
import { systemClock } from './clock.ts';
import type { Connection } from './connection.ts';
import { type MachineObject, machinesPath, toMachine } from './machine-object.ts';
import { type PartCache, watchParts } from './part-cache.ts';
import { openPartIndex } from './part-index.ts';
import { type Log, reflect } from './reflector.ts';
import { openStatusView, type StatusView } from './status-view.ts';
import { Store } from './store.ts';

/** The machines of the whole cluster, or of some namespaces, and what they are made of: a watch each. */
export interface MachineCache {
  /** Whether all machines are known, and of what they are made of all that may be. */
  synced(): boolean;
  /** undefined for a namespace that is not watched. */
  store(namespace: string): Store<Machine> | undefined;
  readonly view: StatusView;
  /** Resolves when all watches have ended. */
  readonly stopped: Promise<unknown>;
}

export interface MachineCacheOptions {
  readonly connection: Connection;
  /** Empty: the whole cluster. */
  readonly namespaces: readonly string[];
  readonly log: Log;
}

/** Begins to watch; ends with `signal`. */
export function watchMachines(
  { connection, namespaces, log }: MachineCacheOptions,
  signal: AbortSignal,
): MachineCache {
  const scopes = namespaces.length > 0 ? [...new Set(namespaces)] : [undefined];
  const stores = new Map(scopes.map((scope) => [scope, newStore(log)]));
  const machinesSynced = () => [...stores.values()].every((store) => store.synced);
  const index = openPartIndex();
  // Filled below; nothing is unknown before it is asked for.
  let parts: PartCache | undefined;
  const view = openStatusView(
    [...stores.values()],
    (machine) => index.of(machine, parts?.unknown(machine.namespace) ?? []),
    onListenerError(log),
  );
  parts = watchParts(
    {
      connection,
      scopes,
      clock: systemClock,
      log,
      reached: machinesSynced,
      onChange(kind, change, known) {
        const touched = index.apply(kind, change);
        // While a kind is read for the first time, nobody looks; then all statuses are made anew, at once.
        if (known) view.refresh(touched);
      },
      onSight: (namespace) => view.refreshAll(namespace),
    },
    signal,
  );
  const running = [...stores].map(([scope, store]) =>
    reflect({ connection, path: machinesPath(scope), reduce, store, clock: systemClock, log }, signal),
  );
  const { tried, running: partsRunning } = parts;
  return {
    synced: () => machinesSynced() && tried(),
    store: (namespace) => stores.get(namespace) ?? stores.get(undefined),
    view,
    stopped: Promise.all([...running, ...partsRunning]),
  };
}

const reduce = (object: unknown): Machine => toMachine(object as MachineObject);

const onListenerError = (log: Log) => (error: unknown) =>
  log.warn({ err: error }, 'a subscriber of the cache failed');

const newStore = (log: Log): Store<Machine> => new Store(onListenerError(log));
