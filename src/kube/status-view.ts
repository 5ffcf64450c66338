import type { Machine } from '../devmachine/machine.ts';
import type { StatusChange } from '../devmachine/machines.ts';
import { NO_PARTS } from '../devmachine/parts.ts';
import { type StatusEntry, toEntry } from '../devmachine/status-entry.ts';
import type { Change, Store } from './store.ts';

/**
 * The statuses of all machines, always as new as the stores they are made from: a change of a machine, or of one of its
 * parts, makes its status anew, and whoever listens hears of it only if the status is another one.
 */
export interface StatusView {
  get(namespace: string, name: string): StatusEntry | undefined;
  list(namespace: string | undefined): readonly StatusEntry[];
  subscribe(listener: (change: StatusChange) => void): () => void;
}

export function openStatusView(
  stores: readonly Store<Machine>[],
  onListenerError: (error: unknown) => void,
): StatusView {
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

  const update = ({ type, item }: Change<Machine>) => {
    const key = `${item.namespace}/${item.name}`;
    const before = entries.get(key);
    if (type === 'deleted') {
      if (!entries.delete(key) || !before) return;
      order = undefined;
      return emit({ type: 'deleted', entry: before });
    }
    const entry = toEntry(item, NO_PARTS);
    if (before?.etag === entry.etag) return;
    entries.set(key, entry);
    if (!before) order = undefined;
    emit({ type: 'changed', entry });
  };

  for (const store of stores) store.subscribe(update);
  return {
    get: (namespace, name) => entries.get(`${namespace}/${name}`),
    list(namespace) {
      order ??= [...entries.keys()].sort();
      const keys = namespace === undefined ? order : order.filter((key) => key.startsWith(`${namespace}/`));
      return keys.flatMap((key) => entries.get(key) ?? []);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
