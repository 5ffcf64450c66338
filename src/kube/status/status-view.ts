import type { Machine } from '../../devmachine/machine.ts';
import type { StatusUpdate } from '../../devmachine/machines.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { MachineDocument, StatusDocument } from '../../devmachine/status/status-document.ts';
import { Index } from '../cache/index.ts';
import type { Delta } from '../cache/listeners.ts';
import { NamespacedMap } from '../cache/namespaced-map.ts';
import type { Store } from '../cache/store.ts';
import { spreadOverTurns } from '../cache/turns.ts';
import type { AffectedKeys, AffectedMachines } from './dependents-index.ts';
import { SortedDocuments } from './sorted-documents.ts';

/**
 * The statuses of all machines, derived from the stores. A delta of a machine or of one of its dependents renews the status;
 * subscribers are told if the document differs. A status never returns to an older one, because the stores do not.
 *
 * What concerns many machines renews them over several turns of the event loop. Until a machine has its turn, lists and streams
 * have its previous status; `get` renews it at once. Until `fill`, statuses are created on demand.
 */
export interface StatusView {
  readonly size: number;
  get(namespace: string, name: string): StatusDocument | undefined;
  /** Sorted by namespace and name. The array never changes. */
  list(namespace: string | undefined): readonly StatusDocument[];
  /** Returns a function that unsubscribes. */
  subscribe(listener: (update: StatusUpdate) => void): () => void;
  /** Renews the statuses that a delta of a dependent affects. */
  refresh(affected: AffectedKeys): void;
  /** Renews all statuses of one namespace, or of all, over several turns. */
  refreshAll(namespace: string | undefined): void;
  /** Creates all statuses that do not exist yet, over several turns. */
  fill(): Promise<void>;
}

/** A machine, and its status once somebody has asked for it. */
interface Entry {
  machine: Machine;
  document: MachineDocument | undefined;
  /** Whether the status waits to be renewed. */
  outdated: boolean;
}

/** How many statuses are renewed at once. More wait for turns of their own. */
const MAX_AT_ONCE = 100;

export function createStatusView(
  stores: readonly Store<Machine>[],
  toDocument: (machine: Machine) => MachineDocument,
  /** Errors of listeners, and of `toDocument` while many statuses are renewed. */
  onError: (error: unknown) => void,
): StatusView {
  const entries = new NamespacedMap<Entry>();
  const machinesByHost = new Index<Machine>(({ spec }) => (spec.ingressDomain ? [spec.ingressDomain] : []));
  const listeners = new Set<(update: StatusUpdate) => void>();
  const sorted = new SortedDocuments<Entry>(({ machine }) => machine, documentOf);
  /** What waits to be renewed, and what no longer does. */
  let queue: Entry[] = [];
  let renewing: Promise<void> | undefined;
  let filled = false;

  function emit(update: StatusUpdate): void {
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener(update);
      } catch (error) {
        onError(error);
      }
    }
  }

  function documentOf(entry: Entry): MachineDocument {
    entry.document ??= toDocument(entry.machine);
    return entry.document;
  }

  function renew(entry: Entry): void {
    entry.outdated = false;
    const previous = entry.document;
    entry.document = undefined;
    sorted.changed(entry);
    if (!previous && !filled && listeners.size === 0) return;
    const document = documentOf(entry);
    if (previous?.version !== document.version) emit({ type: 'changed', document });
  }

  /** An error in one status does not keep the others from being renewed. */
  function tryToRenew(entry: Entry): void {
    try {
      renew(entry);
    } catch (error) {
      onError(error);
    }
  }

  function renewAll(entries: readonly Entry[]): void {
    if (entries.length > MAX_AT_ONCE) renewLater(entries);
    else for (const entry of entries) tryToRenew(entry);
  }

  function renewLater(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) {
      if (!entry.outdated) queue.push(entry);
      entry.outdated = true;
    }
    renewing ??= spreadOverTurns(renewQueue());
    return renewing;
  }

  function* renewQueue(): Generator<void> {
    // An array that is iterated over may grow.
    for (const entry of queue) {
      if (entry.outdated) tryToRenew(entry);
      yield;
    }
    queue = [];
    renewing = undefined;
  }

  function apply(delta: Delta<Machine>): void {
    const { type, item: machine } = delta;
    const { namespace, name } = machine;
    machinesByHost.apply(delta);
    const known = entries.get(namespace, name);
    if (type === 'deleted') {
      if (!known) return;
      entries.delete(namespace, name);
      sorted.delete(known);
      known.outdated = false;
      emit({ type: 'deleted', document: documentOf(known) });
      return;
    }
    const entry = known ?? { machine, document: undefined, outdated: false };
    entry.machine = machine;
    if (!known) {
      entries.set(namespace, name, entry);
      sorted.add(entry);
    }
    renew(entry);
  }

  function affectedEntries({ machines = [], hosts = [], failedIn }: AffectedMachines): ReadonlySet<Entry> {
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
      if (entry?.outdated) renew(entry);
      return entry && documentOf(entry);
    },
    list: (namespace) => sorted.list(namespace),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh(affected) {
      renewAll(affected === 'all' ? [...entries.values()] : [...affectedEntries(affected)]);
    },
    refreshAll(namespace) {
      renewAll([...entries.values(namespace)]);
    },
    fill() {
      filled = true;
      return renewLater([...entries.values()]);
    },
  };
}
