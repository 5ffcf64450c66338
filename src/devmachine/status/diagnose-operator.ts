import type { Condition } from '../machine.ts';
import { type Diagnosis, type DiagnosisContext, diagnosis } from './diagnosis.ts';
import type { MessageParams } from './reasons.ts';
import { specDigest } from './spec-digest.ts';

/** The operator's part: whether it failed, and whether what the cluster has is what the spec says now. */

/** The operator's own finalizer, with which it holds a machine until it has taken away what belongs to it. */
const OPERATORS_FINALIZER = 'helm.sdk.operatorframework.io/uninstall-release';
/** Those of the cluster's garbage collector: they go by themselves. */
const PASSING = new Set([OPERATORS_FINALIZER, 'foregroundDeletion', 'orphan']);

export function deletion({ machine }: DiagnosisContext): Diagnosis | undefined {
  const { deletionTimestamp: since, finalizers } = machine;
  if (since === undefined) return undefined;
  const failed = failure(machine.conditions);
  if (failed?.reason === 'UninstallError')
    return diagnosis('TerminationStuck', 'Deleting', failed.lastTransitionTime ?? since, {
      said: `the operator cannot take away what belongs to it: ${failed.message}`,
    });
  const foreign = finalizers.filter((name) => !PASSING.has(name));
  // While the operator works, nobody is stuck yet.
  if (foreign.length === 0 || finalizers.includes(OPERATORS_FINALIZER))
    return diagnosis('Terminating', 'Deleting', since);
  return diagnosis('TerminationStuck', 'Deleting', since, {
    said: `it is held by the finalizer ${foreign.join(', ')}, which is not the operator's.`,
  });
}

/** The disk that is there cannot become what the spec asks for, is not ours, or is just going. */
const DISK =
  /persistentvolume.*(immutable|can ?not be|only dynamically provisioned|being deleted)|the disk cannot grow/is;

export function diagnoseRelease({ machine }: DiagnosisContext): Diagnosis | undefined {
  const failed = failure(machine.conditions);
  if (!failed) return undefined;
  const said = failed.message ?? failed.reason ?? '';
  const since = failed.lastTransitionTime ?? machine.specChangedAt;
  if (/exceeded quota/i.test(said)) return diagnosis('QuotaExceeded', 'Failed', since, { said });
  const taken = /host "([^"]*)" and path .* is already defined in ingress/.exec(said)?.[1];
  if (taken !== undefined)
    return diagnosis('HostConflict', 'Failed', since, { host: taken, other: 'another Ingress' });
  if (DISK.test(said)) {
    // The operator tries again until what an earlier machine has left is gone.
    const passes = /is still being deleted/.test(said);
    return diagnosis('DiskConflict', passes ? 'Pending' : 'Failed', since, { said });
  }
  return diagnosis('ReleaseFailed', 'Failed', since, { said });
}

/** Whether the cluster has yet to take over what the spec says. From here on, a Deployment is there and says the same. */
export function diagnoseRollout({
  machine,
  dependents,
  deployment,
}: DiagnosisContext): Diagnosis | undefined {
  const { stopped } = machine.spec;
  const since = machine.specChangedAt;
  const underWay = stopped ? 'Stopping' : 'Starting';
  const waits = (params: MessageParams = {}) => diagnosis('AwaitingOperator', underWay, since, params);
  if (dependents.unknown.includes('Deployment')) {
    const phase = stopped || dependents.pods.length > 0 ? underWay : 'Pending';
    return diagnosis('PartUnknown', phase, since, { kinds: ['Deployment'] });
  }
  if (!deployment)
    return diagnosis('AwaitingOperator', 'Pending', since, {
      stage: 'The operator has not made anything of the machine yet.',
    });
  if (deployment.specDigest !== specDigest(machine.spec)) return waits();
  if (deployment.observedGeneration < deployment.generation)
    return waits({ stage: 'The cluster has yet to follow what the operator has changed.' });
  if (deployment.desiredReplicas !== (stopped ? 0 : 1))
    return waits({
      stage: `Somebody has scaled the machine's Deployment to ${deployment.desiredReplicas}; the operator sets it right.`,
    });
  return undefined;
}

const failure = (conditions: readonly Condition[]): Condition | undefined =>
  ['ReleaseFailed', 'Irreconcilable']
    .map((type) => conditions.find((condition) => condition.type === type && condition.status === 'True'))
    .find((condition) => condition !== undefined);
