import type { Machine } from '../devmachine/machine.ts';
import type { StatusChange } from '../devmachine/machines.ts';
import { compareKeys } from '../devmachine/page.ts';
import type { MachineParts } from '../devmachine/parts.ts';
import { MachineEntry, type StatusEntry } from '../devmachine/status-entry.ts';
import { ByName } from './by-name.ts';
import { Groups } from './groups.ts';
import type { Touched } from './part-index.ts';
import type { Change, Store } from './store.ts';

/**
 * The statuses of all machines, always as new as the stores they are made from: a change of a machine, or of one of its
 * parts, makes its status anew, and whoever listens hears of it only if the status is another one. It never goes back,
 * because the stores do not.
 */
export interface StatusView {
  readonly size: number;
  get(namespace: string, name: string): StatusEntry | undefined;
  /** In the order of namespaces and names. */
  list(namespace: string | undefined): readonly StatusEntry[];
  subscribe(listener: (change: StatusChange) => void): () => void;
  /** Parts have changed. */
  refresh(touched: Touched): void;
  /** Of what kinds we know has changed, in one namespace or in all. */
  refreshAll(namespace: string | undefined): void;
}

interface Slot {
  entry: MachineEntry;
}

export function openStatusView(
  stores: readonly Store<Machine>[],
  partsOf: (machine: Machine) => MachineParts,
  onListenerError: (error: unknown) => void,
): StatusView {
  const slots = new ByName<Slot>();
  const machinesByHost = new Groups<Machine>(({ spec }) => (spec.ingressDomain ? [spec.ingressDomain] : []));
  const listeners = new Set<(change: StatusChange) => void>();
  /** In the order of lists; undefined since one came or went. */
  let order: readonly Slot[] | undefined;

  const emit = (change: StatusChange) => {
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener(change);
      } catch (error) {
        onListenerError(error);
      }
    }
  };

  const make = (machine: Machine) => {
    const { namespace, name } = machine;
    const entry = new MachineEntry(machine, partsOf(machine));
    const slot = slots.get(namespace, name);
    const before = slot?.entry;
    if (slot) slot.entry = entry;
    else {
      slots.set(namespace, name, { entry });
      order = undefined;
    }
    if (before?.etag !== entry.etag) emit({ type: 'changed', entry });
  };

  const update = (change: Change<Machine>) => {
    const { type, item } = change;
    machinesByHost.apply(change);
    if (type !== 'deleted') return make(item);
    const before = slots.get(item.namespace, item.name);
    slots.delete(item.namespace, item.name);
    order = undefined;
    if (before) emit({ type: 'deleted', entry: before.entry });
  };

  for (const store of stores) store.subscribe(update);
  return {
    refresh({ machines, hosts }) {
      const touched = new Set<Machine>();
      for (const { namespace, name } of machines) {
        const slot = slots.get(namespace, name);
        if (slot) touched.add(slot.entry.machine);
      }
      for (const host of hosts) for (const machine of machinesByHost.get(host)) touched.add(machine);
      for (const machine of touched) make(machine);
    },
    refreshAll(namespace) {
      for (const { entry } of [...slots.values(namespace)]) make(entry.machine);
    },
    get size() {
      return slots.size;
    },
    get: (namespace, name) => slots.get(namespace, name)?.entry,
    list(namespace) {
      order ??= [...slots.values()].sort((one, other) => compareKeys(one.entry, other.entry));
      const found: MachineEntry[] = [];
      for (const { entry } of order)
        if (namespace === undefined || entry.namespace === namespace) found.push(entry);
      return found;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
