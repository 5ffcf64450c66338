import type { Container } from '../container.ts';
import type { Pod, PodEvent } from '../dependents.ts';
import { diagnoseIde } from './container-ide.ts';
import { type Diagnosis, toDiagnosis } from './diagnosis.ts';
import { eventsSinceScheduled, scheduledAt } from './pod-events.ts';
import { isOfS3Mount } from './s3-mount.ts';

/** What fails in a pod that has a node. container-wait.ts names what the pod waits for if nothing fails. */

/** `reason` of a waiting container: kubernetes/kubernetes pkg/kubelet/images/types.go, k8s.io/cri-api/pkg/errors. */
const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
/**
 * `reason` of a waiting or terminated container: kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go and
 * pkg/kubelet/container/sync_result.go; StartError and ContainerCannotRun come from the container runtime.
 */
const START_REASONS = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
]);
/** A registry that is busy or unreachable recovers. A missing image or a denied access does not. */
const TRANSIENT_PULL_ERROR =
  /timed? ?out|deadline exceeded|connection (refused|reset)|no route to host|unreachable|server misbehaving|temporary failure|try again|too many requests|toomanyrequests|QPS exceeded|unexpected EOF|RegistryUnavailable|(internal server error|bad gateway|service unavailable)/i;
const UNREACHABLE_HINT =
  'Wait; the node keeps trying. If it persists, check the registry in image, and ask an administrator whether the nodes can reach it.';
const MISSING_SECRET =
  /(secret|configmap)s? "[^"]*" not found|couldn't find key|references non-existent (secret|config) key/i;

export function diagnoseContainers(pod: Pod, events: readonly PodEvent[]): Diagnosis | undefined {
  const incompatible = diagnoseIde(pod);
  if (incompatible) return incompatible;
  for (const container of pod.containers) {
    const diagnosis =
      diagnoseImage(pod, container) ?? diagnoseStart(pod, container) ?? diagnoseTermination(pod, container);
    if (diagnosis) return diagnosis;
  }
  return diagnoseMounts(pod, events);
}

function diagnoseImage(pod: Pod, { state, reason, message, image }: Container) {
  if (state !== 'waiting' || !IMAGE_REASONS.has(reason)) return undefined;
  const isTransient = TRANSIENT_PULL_ERROR.test(message) || reason === 'RegistryUnavailable';
  return toDiagnosis('ImagePullFailed', isTransient ? 'Starting' : 'Failed', scheduledAt(pod), {
    image,
    upstreamMessage: message || reason,
    ...(isTransient ? { hint: UNREACHABLE_HINT } : {}),
  });
}

function diagnoseStart(pod: Pod, { name, state, reason, message }: Container) {
  if (state !== 'waiting' || !START_REASONS.has(reason)) return undefined;
  const upstreamMessage = message || reason;
  return MISSING_SECRET.test(message)
    ? toDiagnosis('SecretMissing', 'Failed', scheduledAt(pod), { upstreamMessage })
    : toDiagnosis('ContainerStartFailed', 'Failed', scheduledAt(pod), { container: name, upstreamMessage });
}

const S3_HINT =
  "Check bucket, endpoint and the keys in secretName of the s3 mount. The container's log says what failed.";

/** A container that has terminated, or was restarted after a termination and is not ready yet. */
function diagnoseTermination(pod: Pod, container: Container): Diagnosis | undefined {
  const { name, init, state, reason, message, exitCode, since, ready, restarts } = container;
  const termination =
    state === 'terminated'
      ? { reason, message, exitCode, finishedAt: since ?? scheduledAt(pod) }
      : restarts > 0 && !ready
        ? container.lastTermination
        : undefined;
  if (!termination || (init && state !== 'waiting' && termination.exitCode === 0)) return undefined;
  const { finishedAt } = termination;
  if (START_REASONS.has(termination.reason))
    return toDiagnosis('ContainerStartFailed', 'Failed', finishedAt, {
      container: name,
      upstreamMessage: termination.message || termination.reason,
    });
  // Between two restarts the container runs for a moment. Only the kubelet's back-off shows that it keeps failing.
  const phase = state === 'waiting' && reason === 'CrashLoopBackOff' ? 'Failed' : 'Starting';
  return termination.reason === 'OOMKilled'
    ? toDiagnosis('OutOfMemory', phase, finishedAt, { container: name, restarts })
    : toDiagnosis('ContainerCrashing', phase, finishedAt, {
        container: name,
        exitCode: termination.exitCode,
        exitReason: termination.reason,
        restarts,
        upstreamMessage: termination.message,
        ...(isOfS3Mount(container) ? { hint: S3_HINT } : {}),
      });
}

/** Only events report a failed mount. They count while the pod waits for its volumes. */
function diagnoseMounts(pod: Pod, events: readonly PodEvent[]): Diagnosis | undefined {
  if (pod.readyToStartContainers || pod.containers.some(({ state }) => state !== 'waiting')) return undefined;
  const failures = eventsSinceScheduled(pod, events)
    .filter(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume')
    // An event with the cause is more useful than the kubelet's summary of earlier ones.
    .sort((one, other) => Number(isSummary(one)) - Number(isSummary(other)) || newestFirst(one, other));
  const upstreamMessage = failures[0]?.message;
  if (upstreamMessage === undefined) return undefined;
  const since = scheduledAt(pod);
  if (MISSING_SECRET.test(upstreamMessage))
    return toDiagnosis('SecretMissing', 'Failed', since, { upstreamMessage });
  if (/Multi-Attach/.test(upstreamMessage))
    return toDiagnosis('DiskConflict', 'Starting', since, { upstreamMessage });
  return toDiagnosis('MountFailed', 'Starting', since, { upstreamMessage });
}

const isSummary = ({ message }: PodEvent): boolean => message.startsWith('Unable to attach or mount volumes');

const newestFirst = (one: PodEvent, other: PodEvent): number =>
  Date.parse(other.lastSeen) - Date.parse(one.lastSeen) || (one.name < other.name ? -1 : 1);
