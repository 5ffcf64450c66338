import type { ConditionState, Pod } from '../dependents.ts';
import type { Reason } from '../reasons.ts';
import { type Diagnosis, type DiagnosisContext, isAlive, toDiagnosis } from './diagnosis.ts';
import { isNodeLost } from './node.ts';

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

export function diagnoseEviction(pod: Pod): Diagnosis | undefined {
  const disruption = isNodeLost(pod) ? undefined : disruptionOf(pod);
  if (!disruption) return undefined;
  const reason = EXCEEDED_ROOM.test(disruption.message) ? 'EphemeralStorageExceeded' : 'Evicted';
  return toDiagnosis(reason, 'Starting', disruption.since, { upstreamMessage: disruption.message });
}

function disruptionOf(pod: Pod): ConditionState | undefined {
  const { reason, message, disruption, createdAt, terminatingSince } = pod;
  if (disruption?.isTrue)
    return { ...disruption, message: message || disruption.message || disruption.reason };
  if (!DISRUPTION_REASONS.has(reason)) return undefined;
  return { isTrue: true, reason, message: message || reason, since: terminatingSince ?? createdAt };
}

/** The next pod is created within moments, in which nobody may look. */
const REPLACED_WITHIN_MS = 60_000;

/** Why the pod that `pod` has replaced was evicted, if that pod exceeded its room. It remains as a record. */
export function diagnosePredecessor({ machine, dependents }: DiagnosisContext, pod: Pod) {
  const diagnoses = dependents.pods.flatMap((other) =>
    isAlive(other) ? [] : (diagnoseEviction(other) ?? []),
  );
  return diagnoses.find(
    ({ reason, since }) =>
      reason === 'EphemeralStorageExceeded' &&
      since >= machine.specChangedAt &&
      Date.parse(pod.createdAt) - Date.parse(since) < REPLACED_WITHIN_MS,
  );
}

/** What a pod waits for when nothing fails. Then it matters more why there is a new pod. */
export const isUneventful = (reason: Reason): boolean =>
  reason === 'CreatingPod' || reason === 'PullingImage' || reason === 'ContainerStarting';
