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
  /** The number of the last refresh that the status takes into account; OUTDATED if the status itself waits to be renewed. */
  refreshed: number;
}

const OUTDATED = -1;

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
  /** What is visited, turn after turn, and renewed if it is outdated. */
  const queue: Iterable<Entry>[] = [];
  let renewing: Promise<void> | undefined;
  let filled = false;
  /** How many refreshes of all statuses, or of a namespace, there have been. */
  let refreshes = 0;
  /** The number of the last refresh of a namespace; undefined: of all. */
  const lastRefresh = new Map<string | undefined, number>();
  const lastRefreshOfFailed = new Map<string | undefined, number>();
  /** The namespaces that the queue has, and that are not being visited yet; undefined: all. */
  const queued = new Set<string | undefined>();

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

  function isOutdated({ refreshed, machine: { namespace }, document }: Entry): boolean {
    const isBefore = (refresh = 0) => refreshed < refresh;
    return (
      isBefore(lastRefresh.get(undefined)) ||
      isBefore(lastRefresh.get(namespace)) ||
      (document?.phase === 'Failed' && isBefore(lastRefreshOfFailed.get(namespace)))
    );
  }

  function renew(entry: Entry): void {
    entry.refreshed = refreshes;
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

  function renewAll(outdated: readonly Entry[]): void {
    if (outdated.length > MAX_AT_ONCE) {
      for (const entry of outdated) entry.refreshed = OUTDATED;
      void renewLater(outdated);
    } else for (const entry of outdated) tryToRenew(entry);
  }

  /** All statuses of one namespace, or of all; or those of failed machines. */
  function renewIn(namespace: string | undefined, refreshesOf = lastRefresh): void {
    const count = entries.count(namespace);
    if (count === 0) return;
    refreshesOf.set(namespace, ++refreshes);
    if (count > MAX_AT_ONCE) void visitLater(namespace);
    else for (const entry of [...entries.values(namespace)]) if (isOutdated(entry)) tryToRenew(entry);
  }

  /** Visiting 50,000 machines at once would take a turn of 80 ms, even if nothing were renewed. */
  function visitLater(namespace: string | undefined): Promise<void> {
    if (renewing && (queued.has(namespace) || queued.has(undefined))) return renewing;
    queued.add(namespace);
    return renewLater(visit(namespace));
  }

  function* visit(namespace: string | undefined): Generator<Entry> {
    queued.delete(namespace);
    yield* entries.values(namespace);
  }

  function renewLater(some: Iterable<Entry>): Promise<void> {
    queue.push(some);
    renewing ??= spreadOverTurns(renewQueue());
    return renewing;
  }

  function* renewQueue(): Generator<void> {
    for (let some = queue.shift(); some; some = queue.shift()) {
      for (const entry of some) {
        if (isOutdated(entry) && isPresent(entry)) tryToRenew(entry);
        yield;
      }
    }
    renewing = undefined;
  }

  const isPresent = (entry: Entry): boolean =>
    entries.get(entry.machine.namespace, entry.machine.name) === entry;

  function apply(delta: Delta<Machine>): void {
    const { type, item: machine } = delta;
    const { namespace, name } = machine;
    machinesByHost.apply(delta);
    const known = entries.get(namespace, name);
    if (type === 'deleted') {
      if (!known) return;
      entries.delete(namespace, name);
      sorted.delete(known);
      if (entries.count(namespace) === 0) forgetRefreshes(namespace);
      emit({ type: 'deleted', document: documentOf(known) });
      return;
    }
    const entry = known ?? { machine, document: undefined, refreshed: refreshes };
    entry.machine = machine;
    if (!known) {
      entries.set(namespace, name, entry);
      sorted.add(entry);
    }
    renew(entry);
  }

  function forgetRefreshes(namespace: string): void {
    lastRefresh.delete(namespace);
    lastRefreshOfFailed.delete(namespace);
  }

  function affectedEntries({ machines = [], hosts = [] }: AffectedMachines): ReadonlySet<Entry> {
    const affected = new Set<Entry>();
    const add = ({ namespace, name }: MachineKey) => {
      const entry = entries.get(namespace, name);
      if (entry) affected.add(entry);
    };
    for (const machine of machines) add(machine);
    for (const host of hosts) for (const machine of machinesByHost.get(host)) add(machine);
    return affected;
  }

  for (const store of stores) store.subscribe(apply);
  return {
    get size() {
      return entries.size;
    },
    get(namespace, name) {
      const entry = entries.get(namespace, name);
      if (entry && isOutdated(entry)) renew(entry);
      return entry && documentOf(entry);
    },
    list: (namespace) => sorted.list(namespace),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh(affected) {
      if (affected === 'all') return renewIn(undefined);
      renewAll([...affectedEntries(affected)]);
      if (affected.failedIn !== undefined) renewIn(affected.failedIn, lastRefreshOfFailed);
    },
    refreshAll: (namespace) => renewIn(namespace),
    fill() {
      filled = true;
      lastRefresh.set(undefined, ++refreshes);
      return visitLater(undefined);
    },
  };
}
