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
  readonly entries: readonly StatusDocument[];
  /** How many come after this page, as far as is known now. */
  readonly remaining: number;
}

/** By namespace, then by name: the order of lists and pages. */
export function compareKeys(one: MachineKey, other: MachineKey): number {
  if (one.namespace !== other.namespace) return one.namespace < other.namespace ? -1 : 1;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

/** The page after `after`, of entries in order. */
export function pageOf(
  entries: readonly StatusDocument[],
  { phase, template }: ListFilter,
  limit: number,
  after: MachineKey | undefined,
): Page {
  const found = entries.filter(
    (entry) =>
      (phase === undefined || entry.phase === phase) &&
      (template === undefined || entry.template === template) &&
      (after === undefined || compareKeys(entry, after) > 0),
  );
  return { entries: found.slice(0, limit), remaining: Math.max(0, found.length - limit) };
}

const TOKEN_VERSION = 1;

/**
 * Where the next page begins: after the last machine of this one, whether or not it is still there then. So machines that
 * come and go in between neither hide others nor show them twice. It names its query, so that it is used with no other.
 */
export const toToken = ({ namespace, phase, template }: ListFilter, last: MachineKey): string =>
  Buffer.from(
    JSON.stringify([
      TOKEN_VERSION,
      [last.namespace, last.name],
      [namespace ?? '', phase ?? '', template ?? ''],
    ]),
  ).toString('base64url');

/** undefined: it is not a token of this query. */
export function fromToken(token: string, filter: ListFilter): MachineKey | undefined {
  try {
    const [, [namespace, name]] = JSON.parse(Buffer.from(token, 'base64url').toString());
    const key = { namespace: String(namespace), name: String(name) };
    return toToken(filter, key) === token ? key : undefined;
  } catch {
    return undefined;
  }
}
