import type { Machine } from '../devmachine/machine.ts';
import type { StatusChange } from '../devmachine/machines.ts';
import { compareKeys } from '../devmachine/page.ts';
import type { MachineParts } from '../devmachine/parts.ts';
import { type StatusEntry, toEntry } from '../devmachine/status-entry.ts';
import { Groups } from './groups.ts';
import { machineKey, type Touched } from './part-index.ts';
import type { Change, Store } from './store.ts';

/**
 * The statuses of all machines, always as new as the stores they are made from: a change of a machine, or of one of its
 * parts, makes its status anew, and whoever listens hears of it only if the status is another one. It never goes back,
 * because the stores do not.
 */
export interface StatusView {
  readonly size: number;
  get(namespace: string, name: string): StatusEntry | undefined;
  list(namespace: string | undefined): readonly StatusEntry[];
  subscribe(listener: (change: StatusChange) => void): () => void;
  /** Parts have changed. */
  refresh(touched: Touched): void;
  /** Of what kinds we know has changed, in one namespace or in all. */
  refreshAll(namespace: string | undefined): void;
}

export function openStatusView(
  stores: readonly Store<Machine>[],
  partsOf: (machine: Machine) => MachineParts,
  onListenerError: (error: unknown) => void,
): StatusView {
  const machines = new Map<string, Machine>();
  const byHost = new Groups<Machine>(({ spec }) => (spec.ingressDomain ? [spec.ingressDomain] : []));
  const entries = new Map<string, StatusEntry>();
  const listeners = new Set<(change: StatusChange) => void>();
  /** Keys in order; undefined since one came or went. */
  let order: string[] | undefined;

  const emit = (change: StatusChange) => {
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener(change);
      } catch (error) {
        onListenerError(error);
      }
    }
  };

  const make = (key: string, machine: Machine) => {
    const before = entries.get(key);
    const entry = toEntry(machine, partsOf(machine));
    entries.set(key, entry);
    if (!before) order = undefined;
    if (before?.etag !== entry.etag) emit({ type: 'changed', entry });
  };

  const update = (change: Change<Machine>) => {
    const { type, item } = change;
    const key = machineKey(item);
    byHost.apply(change);
    if (type !== 'deleted') {
      machines.set(key, item);
      return make(key, item);
    }
    const before = entries.get(key);
    machines.delete(key);
    entries.delete(key);
    order = undefined;
    if (before) emit({ type: 'deleted', entry: before });
  };

  for (const store of stores) store.subscribe(update);
  return {
    refresh(touched) {
      const keys = new Set(touched.machines);
      for (const host of touched.hosts) for (const machine of byHost.get(host)) keys.add(machineKey(machine));
      for (const key of keys) {
        const machine = machines.get(key);
        if (machine) make(key, machine);
      }
    },
    refreshAll(namespace) {
      for (const [key, machine] of machines)
        if (namespace === undefined || machine.namespace === namespace) make(key, machine);
    },
    get size() {
      return entries.size;
    },
    get: (namespace, name) => entries.get(`${namespace}/${name}`),
    list(namespace) {
      order ??= [...entries]
        .sort(([, one], [, other]) => compareKeys(one.status, other.status))
        .map(([key]) => key);
      const keys = namespace === undefined ? order : order.filter((key) => key.startsWith(`${namespace}/`));
      return keys.flatMap((key) => entries.get(key) ?? []);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
