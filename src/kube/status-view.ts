import { setImmediate } from 'node:timers/promises';
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
 * because the stores do not. While the cluster is read for the first time, only what is asked for is made.
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
  /** Makes all that have not been made yet, a little at a time. */
  fill(signal: AbortSignal): Promise<void>;
}

interface Slot {
  machine: Machine;
  /** undefined: not made yet; nobody has seen it. */
  entry: StatusEntry | undefined;
}

const FILL_AT_ONCE = 200;

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
  let filled = false;

  const emit = (change: StatusChange) => {
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener(change);
      } catch (error) {
        onListenerError(error);
      }
    }
  };

  const make = (slot: Slot): StatusEntry => {
    slot.entry = new MachineEntry(slot.machine, partsOf(slot.machine));
    return slot.entry;
  };

  const renew = (slot: Slot) => {
    const before = slot.entry;
    if (!before && !filled && listeners.size === 0) return;
    const entry = make(slot);
    if (before?.etag !== entry.etag) emit({ type: 'changed', entry });
  };

  const update = (change: Change<Machine>) => {
    const { type, item: machine } = change;
    const { namespace, name } = machine;
    machinesByHost.apply(change);
    const slot = slots.get(namespace, name);
    if (type === 'deleted') {
      slots.delete(namespace, name);
      order = undefined;
      if (slot) emit({ type: 'deleted', entry: slot.entry ?? make(slot) });
    } else if (slot) {
      slot.machine = machine;
      renew(slot);
    } else {
      const added: Slot = { machine, entry: undefined };
      slots.set(namespace, name, added);
      order = undefined;
      renew(added);
    }
  };

  for (const store of stores) store.subscribe(update);
  return {
    get size() {
      return slots.size;
    },
    refresh({ machines, hosts }) {
      const touched = new Set<Slot>();
      const touch = ({ namespace, name }: { namespace: string; name: string }) => {
        const slot = slots.get(namespace, name);
        if (slot) touched.add(slot);
      };
      for (const machine of machines) touch(machine);
      for (const host of hosts) for (const machine of machinesByHost.get(host)) touch(machine);
      for (const slot of touched) renew(slot);
    },
    refreshAll(namespace) {
      for (const slot of [...slots.values(namespace)]) renew(slot);
    },
    get(namespace, name) {
      const slot = slots.get(namespace, name);
      return slot && (slot.entry ?? make(slot));
    },
    list(namespace) {
      order ??= [...slots.values()].sort((one, other) => compareKeys(one.machine, other.machine));
      const found: StatusEntry[] = [];
      for (const slot of order) {
        if (namespace === undefined || slot.machine.namespace === namespace)
          found.push(slot.entry ?? make(slot));
      }
      return found;
    },
    async fill(signal) {
      filled = true;
      let made = 0;
      for (const slot of [...slots.values()]) {
        if (signal.aborted) return;
        if (slot.entry) continue;
        make(slot);
        if (++made % FILL_AT_ONCE === 0) await setImmediate();
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
