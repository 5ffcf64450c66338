import type { Dependent, DependentKind } from '../../devmachine/status/dependents.ts';
import { intern } from './intern.ts';

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
export function toDependent<Kind extends DependentKind>(
  kind: Kind,
  metadata: Metadata,
): Dependent & { kind: Kind } {
  return {
    kind,
    namespace: intern(metadata.namespace ?? ''),
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    machine: intern(metadata.labels?.[MACHINE_LABEL] ?? ''),
    createdAt: intern(metadata.creationTimestamp),
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

export const ownerUid = ({ ownerReferences }: Metadata): string | undefined =>
  ownerReferences?.find(({ kind }) => kind === 'DevMachine')?.uid;

export function toConditionState(
  conditions: readonly ConditionObject[] = [],
  type: string,
  otherwise: string,
) {
  const found = conditions.find((condition) => condition.type === type);
  if (!found) return undefined;
  const { status, reason = '', message = '', lastTransitionTime } = found;
  const since = intern(lastTransitionTime ?? otherwise);
  return { isTrue: status === 'True', reason: intern(reason), message: cut(message), since };
}

const LONGEST = 1_000;

/** No more than anyone reads. */
export const cut = (text = ''): string => intern(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
