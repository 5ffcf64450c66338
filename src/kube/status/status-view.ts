import { setImmediate } from 'node:timers/promises';
import type { Machine } from '../../devmachine/machine.ts';
import type { StatusUpdate } from '../../devmachine/machines.ts';
import { compareKeys } from '../../devmachine/pagination.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { MachineDocument, StatusDocument } from '../../devmachine/status/status-document.ts';
import { Index } from '../cache/index.ts';
import { NamespacedMap } from '../cache/namespaced-map.ts';
import type { Delta, Store } from '../cache/store.ts';
import type { AffectedKeys } from './dependents-index.ts';

/**
 * The statuses of all machines, always as new as the stores that they are derived from. A delta of a machine or of one of
 * its dependents renews the status; subscribers are told if the document differs. A status never returns to an older one,
 * because the stores do not. Until `fill` is called, statuses are created on demand.
 */
export interface StatusView {
  readonly size: number;
  get(namespace: string, name: string): StatusDocument | undefined;
  /** Sorted by namespace and name. */
  list(namespace: string | undefined): readonly StatusDocument[];
  /** Returns a function that unsubscribes. */
  subscribe(listener: (update: StatusUpdate) => void): () => void;
  /** Renews the statuses that a delta of a dependent affects. */
  refresh(affected: AffectedKeys): void;
  /** Renews all statuses of one namespace, or of all. */
  refreshAll(namespace: string | undefined): void;
  /** Creates all statuses that do not exist yet, in small batches. */
  fill(signal: AbortSignal): Promise<void>;
}

/** A machine, and its status once somebody has asked for it. */
interface Entry {
  machine: Machine;
  document: MachineDocument | undefined;
}

const FILL_BATCH = 50;

export function createStatusView(
  stores: readonly Store<Machine>[],
  toDocument: (machine: Machine) => MachineDocument,
  onListenerError: (error: unknown) => void,
): StatusView {
  const entries = new NamespacedMap<Entry>();
  const machinesByHost = new Index<Machine>(({ spec }) => (spec.ingressDomain ? [spec.ingressDomain] : []));
  const listeners = new Set<(update: StatusUpdate) => void>();
  /** All entries in the order of lists; undefined after a machine was added or deleted. */
  let sorted: readonly Entry[] | undefined;
  let filled = false;

  function emit(update: StatusUpdate): void {
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener(update);
      } catch (error) {
        onListenerError(error);
      }
    }
  }

  function documentOf(entry: Entry): MachineDocument {
    entry.document ??= toDocument(entry.machine);
    return entry.document;
  }

  function renew(entry: Entry): void {
    const previous = entry.document;
    entry.document = undefined;
    if (!previous && !filled && listeners.size === 0) return;
    const document = documentOf(entry);
    if (previous?.version !== document.version) emit({ type: 'changed', document });
  }

  function apply(delta: Delta<Machine>): void {
    const { type, item: machine } = delta;
    const { namespace, name } = machine;
    machinesByHost.apply(delta);
    const known = entries.get(namespace, name);
    if (type === 'deleted') {
      if (!known) return;
      entries.delete(namespace, name);
      sorted = undefined;
      emit({ type: 'deleted', document: documentOf(known) });
      return;
    }
    const entry = known ?? { machine, document: undefined };
    entry.machine = machine;
    if (!known) {
      entries.set(namespace, name, entry);
      sorted = undefined;
    }
    renew(entry);
  }

  function affectedEntries(keys: AffectedKeys): Iterable<Entry> {
    if (keys === 'all') return entries.values();
    const { machines = [], hosts = [], failedIn } = keys;
    const affected = new Set<Entry>();
    const add = ({ namespace, name }: MachineKey) => {
      const entry = entries.get(namespace, name);
      if (entry) affected.add(entry);
    };
    for (const machine of machines) add(machine);
    for (const host of hosts) for (const machine of machinesByHost.get(host)) add(machine);
    return failedIn === undefined ? affected : affected.union(failedEntries(failedIn));
  }

  const failedEntries = (namespace: string): Set<Entry> =>
    new Set([...entries.values(namespace)].filter(({ document }) => document?.phase === 'Failed'));

  for (const store of stores) store.subscribe(apply);
  return {
    get size() {
      return entries.size;
    },
    get(namespace, name) {
      const entry = entries.get(namespace, name);
      return entry && documentOf(entry);
    },
    list(namespace) {
      sorted ??= [...entries.values()].sort((one, other) => compareKeys(one.machine, other.machine));
      const documents: StatusDocument[] = [];
      for (const entry of sorted) {
        if (namespace === undefined || entry.machine.namespace === namespace)
          documents.push(documentOf(entry));
      }
      return documents;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh(affected) {
      for (const entry of affectedEntries(affected)) renew(entry);
    },
    refreshAll(namespace) {
      for (const entry of entries.values(namespace)) renew(entry);
    },
    async fill(signal) {
      filled = true;
      let count = 0;
      for (const entry of [...entries.values()]) {
        if (count++ % FILL_BATCH === 0) await setImmediate();
        if (signal.aborted) return;
        documentOf(entry);
      }
    },
  };
}
