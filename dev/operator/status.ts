import type { Condition } from '../../src/devmachine/machine.ts';

/** The words are helm-operator's own. */
export type ConditionType = 'Initialized' | 'Deployed' | 'ReleaseFailed' | 'Irreconcilable';
export type Reason =
  | 'InstallSuccessful'
  | 'UpgradeSuccessful'
  | 'UninstallSuccessful'
  | 'InstallError'
  | 'UpgradeError'
  | 'ReconcileError'
  | 'UninstallError';

export interface Status {
  readonly conditions: readonly Condition[];
  readonly deployedRelease?: { readonly name: string; readonly manifest: string };
}

/** What helm-operator takes over of a status: other fields, also those of conditions, are lost. */
export function toStatus(stored: Partial<Status> = {}): Status {
  const { conditions = [], deployedRelease } = stored;
  return {
    conditions: conditions.map(({ type, status, reason, message, lastTransitionTime }) =>
      defined({ type, status, reason, message, lastTransitionTime }),
    ),
    ...(deployedRelease ? { deployedRelease } : {}),
  };
}

/** The time is that of the last change of `status`. */
export function withCondition(
  status: Status,
  type: ConditionType,
  value: 'True' | 'False',
  reason?: Reason,
  message?: string,
): Status {
  const before = status.conditions.find((condition) => condition.type === type);
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const lastTransitionTime = before?.status === value ? before.lastTransitionTime : now;
  const condition = defined({
    type,
    status: value,
    reason,
    message: message || undefined,
    lastTransitionTime,
  });
  const conditions = before
    ? status.conditions.map((each) => (each === before ? condition : each))
    : [...status.conditions, condition];
  return { ...status, conditions };
}

export function withoutCondition(status: Status, type: ConditionType): Status {
  return { ...status, conditions: status.conditions.filter((condition) => condition.type !== type) };
}

function defined(condition: { [Key in keyof Condition]: Condition[Key] | undefined }): Condition {
  return Object.fromEntries(
    Object.entries(condition).filter(([, value]) => value !== undefined),
  ) as unknown as Condition;
}
