import type { MachineKey } from './schema/manifest.ts';
import type { TemplateName } from './schema/templates.ts';
import type { Phase } from './status/phases.ts';
import type { StatusDocument } from './status/status-document.ts';

/** Which machines are listed; undefined: whichever. */
export interface ListFilter {
  readonly namespace: string | undefined;
  readonly phase: Phase | undefined;
  readonly template: TemplateName | undefined;
}

export interface Page {
  readonly documents: readonly StatusDocument[];
  /** How many come after this page, as far as is known now. */
  readonly remaining: number;
}

/** By namespace, then by name: the order of lists and pages. */
export function compareKeys(one: MachineKey, other: MachineKey): number {
  if (one.namespace !== other.namespace) return one.namespace < other.namespace ? -1 : 1;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

/** The page after `after`, of documents in order. */
export function pageOf(
  documents: readonly StatusDocument[],
  { phase, template }: ListFilter,
  limit: number,
  after: MachineKey | undefined,
): Page {
  const found = documents.filter(
    (document) =>
      (phase === undefined || document.phase === phase) &&
      (template === undefined || document.template === template) &&
      (after === undefined || compareKeys(document, after) > 0),
  );
  return { documents: found.slice(0, limit), remaining: Math.max(0, found.length - limit) };
}
