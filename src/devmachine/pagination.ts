import { lowerBound } from './lower-bound.ts';
import type { MachineKey } from './schema/manifest.ts';
import type { TemplateName } from './schema/templates.ts';
import type { Phase } from './status/phases.ts';
import type { StatusDocument } from './status/status-document.ts';

/** Which machines to list. An undefined field does not restrict the list. */
export interface ListFilter {
  readonly namespace: string | undefined;
  readonly phase: Phase | undefined;
  readonly template: TemplateName | undefined;
}

export interface Page {
  readonly documents: readonly StatusDocument[];
  /** How many machines follow this page, at the moment. */
  readonly remaining: number;
}

/** The order of lists and pages: by namespace, then by name. */
export function compareKeys(one: MachineKey, other: MachineKey): number {
  if (one.namespace !== other.namespace) return one.namespace < other.namespace ? -1 : 1;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

/**
 * The page of at most `limit` documents that follows the machine `after`, or the first page. `documents` are in the order
 * of compareKeys; `filter.namespace` is not applied, because Machines.list applies it.
 */
export function pageOf(
  documents: readonly StatusDocument[],
  { phase, template }: ListFilter,
  limit: number,
  after: MachineKey | undefined,
): Page {
  const start = after === undefined ? 0 : indexAfter(documents, after);
  const isFiltered = phase !== undefined || template !== undefined;
  if (!isFiltered) return toPage(documents, start, limit);
  const matching = documents.filter(
    (document, index) =>
      index >= start &&
      (phase === undefined || document.phase === phase) &&
      (template === undefined || document.template === template),
  );
  return toPage(matching, 0, limit);
}

const toPage = (documents: readonly StatusDocument[], start: number, limit: number): Page => ({
  documents: documents.slice(start, start + limit),
  remaining: Math.max(0, documents.length - start - limit),
});

/** The index of the first document that follows `key`. */
const indexAfter = (documents: readonly StatusDocument[], key: MachineKey): number =>
  lowerBound(documents.length, (index) => compareKeys(documents[index] ?? key, key) <= 0);
