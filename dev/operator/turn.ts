import type { Log } from '../../src/kube/cache/reflector.ts';
import type { Api } from './api.ts';
import type { Helm, ReleaseKey } from './helm.ts';
import type { Machine, Machines } from './machine.ts';
import type { ReleaseRecord } from './releases.ts';
import { type ConditionType, type Reason, type Status, withCondition } from './status.ts';
import type { Watch } from './watches.ts';

export interface Reconciler {
  readonly api: Api;
  readonly helm: Helm;
  readonly machines: Machines;
  readonly watch: Watch;
  readonly log: Log;
}

/** What one turn goes by. */
export interface Turn extends Reconciler {
  readonly key: ReleaseKey;
  readonly machine: Machine;
  readonly spec: unknown;
  /** Of the release, the last revision first. */
  readonly records: readonly ReleaseRecord[];
}

/** Says in the status what went wrong, and throws it. */
export async function fail(
  { machines, machine, log }: Turn,
  status: Status,
  type: ConditionType,
  reason: Reason,
  message: string,
): Promise<never> {
  await machines
    .writeStatus(machine, withCondition(status, type, 'True', reason, message))
    .catch((err: unknown) => log.warn({ err }, 'failed to update status'));
  throw new Error(message);
}
