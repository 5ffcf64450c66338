import type { Part, PartKind } from '../../devmachine/status/dependents.ts';
import { share } from './intern.ts';

/** By this label an object says which machine it belongs to (operator/helm-charts/devmachine/templates/_names.tpl). */
export const MACHINE_LABEL = 'ide.example.com/devmachine';

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly uid: string }[];
}

export interface ConditionObject {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
}

/**
 * What every part has. Taken over field by field, here and by those who call it: a kept object would keep all of what it
 * came with, and one that is spread and added to takes twice the memory of one that is written down as a whole.
 */
export function toPart<Kind extends PartKind>(kind: Kind, metadata: Metadata): Part & { kind: Kind } {
  return {
    kind,
    namespace: share(metadata.namespace ?? ''),
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    machine: share(metadata.labels?.[MACHINE_LABEL] ?? ''),
    createdAt: share(metadata.creationTimestamp),
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

export const ownerUid = ({ ownerReferences }: Metadata): string | undefined =>
  ownerReferences?.find(({ kind }) => kind === 'DevMachine')?.uid;

export function toStatement(conditions: readonly ConditionObject[] = [], type: string, otherwise: string) {
  const found = conditions.find((condition) => condition.type === type);
  if (!found) return undefined;
  const { status, reason = '', message = '', lastTransitionTime } = found;
  const since = share(lastTransitionTime ?? otherwise);
  return { holds: status === 'True', reason: share(reason), message: cut(message), since };
}

const LONGEST = 1_000;

/** No more than anyone reads. */
export const cut = (text = ''): string => share(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
