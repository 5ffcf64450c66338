import type { ConditionState, Pod } from '../dependents.ts';
import type { Reason } from '../reasons.ts';
import { type Diagnosis, type DiagnosisContext, isAlive, toDiagnosis } from './diagnosis.ts';

/** Pods that did not end by themselves. */

/** Values of `status.reason` of such a pod (kubelet, node shutdown, node lifecycle controller). */
const DISRUPTION_REASONS = new Set([
  'Evicted',
  'Preempting',
  'Shutdown',
  'NodeShutdown',
  'Terminated',
  'NodeLost',
]);

/** The kubelet's messages about a limit of the pod itself (kubernetes/kubernetes pkg/kubelet/eviction/helpers.go). */
const EXCEEDED_ROOM =
  /^(Usage of EmptyDir volume .* exceeds the limit|Pod ephemeral local storage usage exceeds|Container .* exceeded its local ephemeral storage limit)/;

/** Why `pod` was ended by something else than itself. */
export function diagnoseEviction(pod: Pod): Diagnosis | undefined {
  const disruption = disruptionOf(pod);
  if (!disruption) return undefined;
  const reason = EXCEEDED_ROOM.test(disruption.message) ? 'EphemeralStorageExceeded' : 'Evicted';
  return toDiagnosis(reason, 'Starting', disruption.since, { upstreamMessage: disruption.message });
}

/** The next pod is created within moments, in which nobody may look. */
const REPLACED_WITHIN_MS = 60_000;

/** Why the pod that `pod` has replaced was evicted, if that pod exceeded its room. */
export function diagnosePredecessor(context: DiagnosisContext, pod: Pod): Diagnosis | undefined {
  return evictedPods(context)
    .flatMap((evicted) => diagnoseEviction(evicted) ?? [])
    .find(
      ({ reason, since }) =>
        reason === 'EphemeralStorageExceeded' &&
        Date.parse(pod.createdAt) - Date.parse(since) < REPLACED_WITHIN_MS,
    );
}

/** The last eviction of a former pod of a machine that runs again. */
export function lastEviction(context: DiagnosisContext): ConditionState | undefined {
  return evictedPods(context)
    .flatMap((evicted) => disruptionOf(evicted) ?? [])
    .sort((one, other) => (one.since > other.since ? -1 : 1))[0];
}

/** An evicted pod remains as a record. */
const evictedPods = ({ machine, dependents, pod }: DiagnosisContext): Pod[] =>
  dependents.pods.filter((one) => one !== pod && !isAlive(one) && one.createdAt >= machine.specChangedAt);

/** What a pod waits for when nothing fails. Then it matters more why there is a new pod. */
export const isUneventful = (reason: Reason): boolean =>
  reason === 'CreatingPod' || reason === 'PullingImage' || reason === 'ContainerStarting';

function disruptionOf(pod: Pod): ConditionState | undefined {
  const { reason, message, disruption, ready, createdAt, terminatingSince } = pod;
  if (disruption?.isTrue)
    return { ...disruption, message: message || disruption.message || disruption.reason };
  if (!DISRUPTION_REASONS.has(reason)) return undefined;
  // The kubelet adds no condition to a pod that exceeds its own limits (seen with 1.37): it only is not ready any more.
  const since = terminatingSince ?? (ready?.isTrue === false ? ready.since : createdAt);
  return { isTrue: true, reason, message: message || reason, since };
}
