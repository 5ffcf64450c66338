import type { ConditionState, Dependent, DependentKind } from '../../devmachine/status/dependents.ts';
import type { Interner } from './intern.ts';

/** Label of an object with the name of its machine (operator/helm-charts/devmachine/templates/_names.tpl). */
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
 * The fields of every dependent. Copied one by one, here and in the callers: a kept object would keep everything that it
 * references, and an object literal takes half the memory of one that was spread and extended.
 */
export function toDependent<Kind extends DependentKind>(
  kind: Kind,
  metadata: Metadata,
  interner: Interner,
): Dependent & { kind: Kind } {
  return {
    kind,
    namespace: interner.text(metadata.namespace ?? ''),
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    machine: metadata.labels?.[MACHINE_LABEL] ?? '',
    createdAt: metadata.creationTimestamp,
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

/** Uid of the DevMachine that owns the object. */
export const ownerUid = ({ ownerReferences }: Metadata): string | undefined =>
  ownerReferences?.find(({ kind }) => kind === 'DevMachine')?.uid;

/** The condition of this type; `otherwise` is the time for a condition that has none. */
export function toConditionState(
  conditions: readonly ConditionObject[] = [],
  type: string,
  otherwise: string,
  interner: Interner,
): ConditionState | undefined {
  const found = conditions.find((condition) => condition.type === type);
  if (!found) return undefined;
  const { status, reason = '', message, lastTransitionTime } = found;
  return {
    isTrue: status === 'True',
    reason: interner.text(reason),
    message: truncate(message),
    // Often the same second, for which one string is enough.
    since: lastTransitionTime && lastTransitionTime !== otherwise ? lastTransitionTime : otherwise,
  };
}

const MAX_MESSAGE_LENGTH = 1_000;

export const truncate = (text = ''): string =>
  text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)}…` : text;
