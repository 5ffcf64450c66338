import type { Container, Pod, PodEvent } from './dependents.ts';
import { type Diagnosis, diagnosis } from './diagnosis.ts';

/** Why a pod that has a node is not ready: what fails first, then what is only under way. */

const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
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
/** A registry that is busy or away comes back; an image that is not there, or not ours, does not. */
const PASSES =
  /timed? ?out|deadline exceeded|connection (refused|reset)|no route to host|unreachable|server misbehaving|temporary failure|try again|too many requests|toomanyrequests|QPS exceeded|unexpected EOF|RegistryUnavailable|(internal server error|bad gateway|service unavailable)/i;
const MISSING =
  /(secret|configmap)s? "[^"]*" not found|couldn't find key|references non-existent (secret|config) key/i;

export function diagnoseContainers(pod: Pod, events: readonly PodEvent[]): Diagnosis | undefined {
  for (const container of pod.containers) {
    const trouble = diagnoseImage(pod, container) ?? diagnoseStart(pod, container) ?? crash(pod, container);
    if (trouble) return trouble;
  }
  return diagnoseMounts(pod, events);
}

function diagnoseImage(pod: Pod, { state, reason, message: said, image }: Container) {
  if (state !== 'waiting' || !IMAGE_REASONS.has(reason)) return undefined;
  const passes = PASSES.test(said) || reason === 'RegistryUnavailable';
  return diagnosis('ImagePullFailed', passes ? 'Starting' : 'Failed', placedAt(pod), {
    image,
    said: said || reason,
  });
}

function diagnoseStart(pod: Pod, { name, state, reason, message: said }: Container) {
  if (state !== 'waiting' || !START_REASONS.has(reason)) return undefined;
  return MISSING.test(said)
    ? diagnosis('SecretMissing', 'Failed', placedAt(pod), { said })
    : diagnosis('ContainerStartFailed', 'Failed', placedAt(pod), { container: name, said: said || reason });
}

/** A container that has ended, or that runs again after it had and is not ready yet. */
function crash(pod: Pod, container: Container): Diagnosis | undefined {
  const { name, init, state, reason, message, ready, restarts, lastTermination: last } = container;
  const ended =
    state === 'terminated'
      ? { reason, message, exitCode: container.exitCode, finishedAt: container.since ?? placedAt(pod) }
      : restarts > 0 && !ready
        ? last
        : undefined;
  if (!ended || (init && state !== 'waiting' && ended.exitCode === 0)) return undefined;
  // Between two tries it looks well for a moment; only the cluster's waiting says that it has given up hoping.
  const phase = state === 'waiting' && reason === 'CrashLoopBackOff' ? 'Failed' : 'Starting';
  if (START_REASONS.has(ended.reason))
    return diagnosis('ContainerStartFailed', 'Failed', ended.finishedAt, {
      container: name,
      said: ended.message || ended.reason,
    });
  return ended.reason === 'OOMKilled'
    ? diagnosis('OutOfMemory', phase, ended.finishedAt, { container: name, count: restarts })
    : diagnosis('ContainerCrashing', phase, ended.finishedAt, {
        container: name,
        said: `it last ended with exit code ${ended.exitCode} (${ended.reason || 'no reason given'}).`,
        count: restarts,
      });
}

/** Of a mount that fails, events tell alone. They count while the pod waits for its mounts, and not from before. */
function diagnoseMounts(pod: Pod, events: readonly PodEvent[]): Diagnosis | undefined {
  if (pod.readyToStartContainers || pod.containers.some(({ state }) => state !== 'waiting')) return undefined;
  const failures = present(pod, events)
    .filter(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume')
    // The kubelet sums up what it has said before.
    .sort((one, other) => Number(isSummary(one)) - Number(isSummary(other)) || newest(one, other));
  const said = failures[0]?.message;
  if (said === undefined) return undefined;
  const since = placedAt(pod);
  if (MISSING.test(said)) return diagnosis('SecretMissing', 'Failed', since, { said });
  if (/Multi-Attach/.test(said)) return diagnosis('DiskConflict', 'Starting', since, { said });
  return diagnosis('MountFailed', 'Starting', since, { said });
}

/** What the pod waits for, where nothing fails. */
export function diagnoseContainerWait(pod: Pod, events: readonly PodEvent[]): Diagnosis {
  const next = pod.containers.find(
    ({ init, state, started }) => !(init && (state === 'terminated' || started)),
  );
  const since = placedAt(pod);
  if (!next)
    return diagnosis('ContainerStarting', 'Starting', since, { stage: 'The node prepares the machine.' });
  const { name, image, init, state, started } = next;
  if (state === 'waiting') {
    const pulls = present(pod, events).some(
      ({ reason, container }) => reason === 'Pulling' && container === name,
    );
    if (pulls || pod.readyToStartContainers) return diagnosis('PullingImage', 'Starting', since, { image });
    return diagnosis('ContainerStarting', 'Starting', since, {
      stage: 'The node prepares the volumes and the network of the machine.',
    });
  }
  if (init)
    return diagnosis('ContainerStarting', 'Starting', next.since ?? since, {
      stage: `The container ${name} prepares the machine.`,
    });
  if (pod.containers.every(isWell))
    return diagnosis('NodeLost', 'Starting', pod.ready?.since ?? since, { other: pod.node ?? '' });
  if (started) return diagnosis('ProbeFailing', 'Starting', pod.ready?.since ?? since, { container: name });
  return diagnosis('ContainerStarting', 'Starting', next.since ?? since, {
    stage: 'The container runs; what serves in it does not answer yet.',
  });
}

/** All is well of what the node has said last: then it is the node of which nothing is heard. */
const isWell = ({ ready, init, state }: Container): boolean => ready || (init && state === 'terminated');

const placedAt = (pod: Pod): string => pod.scheduled?.since ?? pod.createdAt;

const isSummary = ({ message }: PodEvent): boolean => message.startsWith('Unable to attach or mount volumes');

const newest = (one: PodEvent, other: PodEvent): number =>
  Date.parse(other.lastSeen) - Date.parse(one.lastSeen) || (one.name < other.name ? -1 : 1);

/** Events outlive what they tell of: those from before the pod had its node count no more. */
const present = (pod: Pod, events: readonly PodEvent[]): PodEvent[] =>
  events.filter(
    ({ podUid, lastSeen }) => podUid === pod.uid && Date.parse(lastSeen) >= Date.parse(placedAt(pod)),
  );
