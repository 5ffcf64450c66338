import type { Condition } from '../../machine.ts';
import type { MessageParams } from '../reasons/reason.ts';
import { specDigest } from '../spec-digest.ts';
import { type Diagnosis, type DiagnosisContext, toDiagnosis } from './diagnosis.ts';
import { isAboutQuota, toQuotaExceeded } from './quota.ts';
import { diagnoseDifferences, findRefusal, UPGRADE_FAILED } from './refused-change.ts';

/** Whether the operator failed, and whether the cluster has applied the current spec. */

/** The Helm operator removes it once it has uninstalled the release (operator-framework/helm-operator-plugins). */
const OPERATOR_FINALIZER = 'helm.sdk.operatorframework.io/uninstall-release';
/** Finalizers that are removed without anybody's help; the last two by Kubernetes' garbage collector. */
const EXPECTED_FINALIZERS = new Set([OPERATOR_FINALIZER, 'foregroundDeletion', 'orphan']);

export function diagnoseDeletion({ machine }: DiagnosisContext): Diagnosis | undefined {
  const { deletionTimestamp: since, finalizers } = machine;
  if (since === undefined) return undefined;
  const failed = failedCondition(machine.conditions);
  if (failed?.reason === 'UninstallError')
    return toDiagnosis('TerminationStuck', 'Deleting', failed.lastTransitionTime ?? since, {
      upstreamMessage: failed.message ?? '',
    });
  const foreign = finalizers.filter((name) => !EXPECTED_FINALIZERS.has(name));
  // A foreign finalizer blocks the deletion only after the operator has finished.
  if (foreign.length === 0 || finalizers.includes(OPERATOR_FINALIZER))
    return toDiagnosis('Terminating', 'Deleting', since);
  return toDiagnosis('TerminationStuck', 'Deleting', since, { finalizers: foreign });
}

/**
 * Errors about the disk, from the API server, Helm and the chart (_checks.tpl): a PersistentVolumeClaim that cannot be
 * changed, belongs to somebody else or is still being deleted.
 */
const DISK_ERROR =
  /persistentvolume.*(immutable|can ?not be|only dynamically provisioned|being deleted)|the disk cannot grow/is;
/** The admission webhook of ingress-nginx. */
const HOST_ERROR = /host "([^"]*)" and path .* is already defined in ingress/;

export function diagnoseRelease(context: DiagnosisContext): Diagnosis | undefined {
  const failed = failedCondition(context.machine.conditions);
  if (!failed) return undefined;
  const since = failed.lastTransitionTime ?? context.machine.specChangedAt;
  const reported = failed.message ?? failed.reason ?? '';
  const upstreamMessage = reported === UPGRADE_FAILED ? findRefusal(context) : reported;
  if (upstreamMessage === undefined) return diagnoseDifferences(context, since);
  if (isAboutQuota(upstreamMessage)) return toQuotaExceeded(context, since, upstreamMessage);
  const host = HOST_ERROR.exec(upstreamMessage)?.[1];
  if (host !== undefined)
    return toDiagnosis('HostConflict', 'Failed', since, { host, hostOwner: 'another Ingress' });
  if (DISK_ERROR.test(upstreamMessage)) {
    // The operator retries the install until the object of the earlier machine is gone.
    const isPending = failed.reason === 'InstallError' && /is still being deleted/.test(upstreamMessage);
    return toDiagnosis('DiskConflict', isPending ? 'Pending' : 'Failed', since, { upstreamMessage });
  }
  return toDiagnosis('ReleaseFailed', 'Failed', since, { upstreamMessage });
}

/**
 * Whether the cluster has yet to apply the spec. If this returns undefined, the Deployment exists and was rendered from
 * the current spec.
 */
export function diagnoseRollout({
  machine,
  dependents,
  deployment,
}: DiagnosisContext): Diagnosis | undefined {
  const { stopped } = machine.spec;
  const since = machine.specChangedAt;
  const phase = stopped ? 'Stopping' : 'Starting';
  const toAwaiting = (params: MessageParams = {}) => toDiagnosis('AwaitingOperator', phase, since, params);
  if (dependents.unknown.includes('Deployment')) {
    const mayExist = stopped || dependents.pods.length > 0;
    return toDiagnosis('PartUnknown', mayExist ? phase : 'Pending', since, { kinds: ['Deployment'] });
  }
  if (!deployment)
    return toDiagnosis('AwaitingOperator', 'Pending', since, {
      progress: "The operator has not created the machine's Deployment yet.",
    });
  if (deployment.specDigest !== specDigest(machine.spec)) return toAwaiting();
  if (deployment.observedGeneration < deployment.generation)
    return toAwaiting({
      progress: "The Deployment controller has not processed the operator's last change yet.",
    });
  if (deployment.desiredReplicas !== (stopped ? 0 : 1))
    return toAwaiting({
      progress: `Something other than the operator scaled the machine's Deployment to ${deployment.desiredReplicas}. The operator will scale it back.`,
    });
  return undefined;
}

/** Why the operator could not apply the spec, or the present objects. */
export const failedCondition = (conditions: readonly Condition[]): Condition | undefined =>
  ['ReleaseFailed', 'Irreconcilable']
    .map((type) => conditions.find((condition) => condition.type === type && condition.status === 'True'))
    .find((condition) => condition !== undefined);
