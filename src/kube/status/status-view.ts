import { setImmediate } from 'node:timers/promises';
import type { Machine } from '../../devmachine/machine.ts';
import type { StatusUpdate } from '../../devmachine/machines.ts';
import { compareKeys } from '../../devmachine/pagination.ts';
import type { Dependents } from '../../devmachine/status/dependents.ts';
import { MachineDocument, type StatusDocument } from '../../devmachine/status/status-document.ts';
import { Index } from '../cache/index.ts';
import type { Delta, Store } from '../cache/store.ts';
import type { AffectedKeys } from './dependents-index.ts';
import { NameTable, NOWHERE } from './name-table.ts';

/**
 * The statuses of all machines, always as new as the stores they are made from: a change of a machine, or of one of its
 * parts, makes its status anew, and whoever listens hears of it only if the status is another one. It never goes back,
 * because the stores do not. While the cluster is read for the first time, only what is asked for is made.
 */
export interface StatusView {
  readonly size: number;
  get(namespace: string, name: string): StatusDocument | undefined;
  /** In the order of namespaces and names. */
  list(namespace: string | undefined): readonly StatusDocument[];
  subscribe(listener: (change: StatusUpdate) => void): () => void;
  /** Parts have changed. */
  refresh(touched: AffectedKeys): void;
  /** Of what kinds we know has changed, in one namespace or in all. */
  refreshAll(namespace: string | undefined): void;
  /** Makes all that have not been made yet, a little at a time. */
  fill(signal: AbortSignal): Promise<void>;
}

/** A machine whose status nobody has seen stands for it until it is made. */
type Slot = Machine | MachineDocument;

const FILL_AT_ONCE = 50;

export function openStatusView(
  stores: readonly Store<Machine>[],
  partsOf: (machine: Machine) => Dependents,
  onListenerError: (error: unknown) => void,
): StatusView {
  const slots = new NameTable<Slot>();
  const machinesByHost = new Index<Machine>(({ spec }) => (spec.ingressDomain ? [spec.ingressDomain] : []));
  const listeners = new Set<(change: StatusUpdate) => void>();
  /** The places of all slots in the order of lists; undefined since one came or went, and places moved. */
  let order: readonly number[] | undefined;
  let filled = false;

  const emit = (change: StatusUpdate) => {
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener(change);
      } catch (error) {
        onListenerError(error);
      }
    }
  };

  const toEntry = (slot: Slot): MachineDocument =>
    slot instanceof MachineDocument ? slot : new MachineDocument(slot, partsOf(slot));

  const entryAt = (place: number): MachineDocument => {
    const slot = slots.at(place);
    const document = toEntry(slot);
    if (document !== slot) slots.replace(place, document);
    return document;
  };

  const renew = (place: number, machine: Machine) => {
    const before = slots.at(place);
    slots.replace(place, machine);
    const seen = before instanceof MachineDocument;
    if (!seen && !filled && listeners.size === 0) return;
    const document = entryAt(place);
    if (!seen || before.version !== document.version) emit({ type: 'changed', document });
  };

  const renewAt = (place: number) => renew(place, machineOf(slots.at(place)));

  const update = (change: Delta<Machine>) => {
    const { type, item: machine } = change;
    const { namespace, name } = machine;
    machinesByHost.apply(change);
    const place = slots.find(namespace, name);
    if (type !== 'deleted') {
      if (place !== NOWHERE) return renew(place, machine);
      order = undefined;
      renew(slots.add(machine), machine);
    } else if (place !== NOWHERE) {
      const slot = slots.at(place);
      slots.remove(place);
      order = undefined;
      emit({ type: 'deleted', document: toEntry(slot) });
    }
  };

  for (const store of stores) store.subscribe(update);
  return {
    get size() {
      return slots.size;
    },
    refresh({ machines, hosts }) {
      const touched = new Set<number>();
      const touch = ({ namespace, name }: { namespace: string; name: string }) => {
        const place = slots.find(namespace, name);
        if (place !== NOWHERE) touched.add(place);
      };
      for (const machine of machines) touch(machine);
      for (const host of hosts) for (const machine of machinesByHost.get(host)) touch(machine);
      for (const place of touched) renewAt(place);
    },
    refreshAll(namespace) {
      for (const place of slots.places()) {
        if (namespace === undefined || slots.at(place).namespace === namespace) renewAt(place);
      }
    },
    get(namespace, name) {
      const place = slots.find(namespace, name);
      return place === NOWHERE ? undefined : entryAt(place);
    },
    list(namespace) {
      order ??= [...slots.places()].sort((one, other) => compareKeys(slots.at(one), slots.at(other)));
      const found: StatusDocument[] = [];
      for (const place of order) {
        if (namespace === undefined || slots.at(place).namespace === namespace) found.push(entryAt(place));
      }
      return found;
    },
    async fill(signal) {
      filled = true;
      let seen = 0;
      for (const machine of [...slots.places()].map((place) => machineOf(slots.at(place)))) {
        if (seen++ % FILL_AT_ONCE === 0) await setImmediate();
        if (signal.aborted) return;
        // Since the list was made it may have gone, or moved, or have been asked for.
        const place = slots.find(machine.namespace, machine.name);
        if (place !== NOWHERE) entryAt(place);
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const machineOf = (slot: Slot): Machine => (slot instanceof MachineDocument ? slot.machine : slot);
