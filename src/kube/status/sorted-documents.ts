import { lowerBound } from '../../devmachine/lower-bound.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { StatusDocument } from '../../devmachine/status/status-document.ts';

interface Group<T> {
  /** Sorted by name. */
  readonly entries: T[];
  /** The documents of the entries; undefined after one has changed. */
  documents: readonly StatusDocument[] | undefined;
}

/**
 * The documents of all machines in the order of lists. An array, once returned, never changes, so that all readers between two
 * changes share it: a list, and the snapshots of any number of event streams.
 */
export class SortedDocuments<T> {
  readonly #keyOf: (entry: T) => MachineKey;
  readonly #documentOf: (entry: T) => StatusDocument;
  readonly #groups = new Map<string, Group<T>>();
  /** The namespaces, sorted; undefined after one was added or removed. */
  #namespaces: readonly string[] | undefined;
  #documents: readonly StatusDocument[] | undefined;

  constructor(keyOf: (entry: T) => MachineKey, documentOf: (entry: T) => StatusDocument) {
    this.#keyOf = keyOf;
    this.#documentOf = documentOf;
  }

  add(entry: T): void {
    const { namespace, name } = this.#keyOf(entry);
    let group = this.#groups.get(namespace);
    if (!group) {
      group = { entries: [], documents: undefined };
      this.#groups.set(namespace, group);
      this.#namespaces = undefined;
    }
    group.entries.splice(this.#search(group.entries, name), 0, entry);
    this.#forget(group);
  }

  delete(entry: T): void {
    const { namespace, name } = this.#keyOf(entry);
    const group = this.#groups.get(namespace);
    if (!group) return;
    group.entries.splice(this.#search(group.entries, name), 1);
    this.#forget(group);
    if (group.entries.length > 0) return;
    this.#groups.delete(namespace);
    this.#namespaces = undefined;
  }

  /** The document of an entry is another one. */
  changed(entry: T): void {
    const group = this.#groups.get(this.#keyOf(entry).namespace);
    if (group) this.#forget(group);
  }

  /** The documents of a namespace, or of all. */
  list(namespace: string | undefined): readonly StatusDocument[] {
    if (namespace !== undefined) return this.#documentsIn(namespace);
    this.#namespaces ??= [...this.#groups.keys()].sort();
    this.#documents ??= this.#namespaces.flatMap((one) => this.#documentsIn(one));
    return this.#documents;
  }

  #documentsIn(namespace: string): readonly StatusDocument[] {
    const group = this.#groups.get(namespace);
    if (!group) return [];
    group.documents ??= group.entries.map(this.#documentOf);
    return group.documents;
  }

  #forget(group: Group<T>): void {
    group.documents = undefined;
    this.#documents = undefined;
  }

  /** The index of the first entry whose name is not less than `name`. A list arrives in order: look at the end first. */
  #search(entries: readonly T[], name: string): number {
    const isBefore = (index: number) => this.#keyOf(entries[index] as T).name < name;
    const { length } = entries;
    return length > 0 && isBefore(length - 1) ? length : lowerBound(length, isBefore);
  }
}
