import type { ContainerPart, EventPart, PodPart } from './dependents.ts';
import { type Verdict, verdict } from './diagnosis.ts';

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

export function containerTrouble(pod: PodPart, events: readonly EventPart[]): Verdict | undefined {
  for (const container of pod.containers) {
    const trouble = imageTrouble(pod, container) ?? startTrouble(pod, container) ?? crash(pod, container);
    if (trouble) return trouble;
  }
  return mountTrouble(pod, events);
}

function imageTrouble(pod: PodPart, { state, reason, message: said, image }: ContainerPart) {
  if (state !== 'waiting' || !IMAGE_REASONS.has(reason)) return undefined;
  const passes = PASSES.test(said) || reason === 'RegistryUnavailable';
  return verdict('ImagePullFailed', passes ? 'Starting' : 'Failed', placedAt(pod), {
    image,
    said: said || reason,
  });
}

function startTrouble(pod: PodPart, { name, state, reason, message: said }: ContainerPart) {
  if (state !== 'waiting' || !START_REASONS.has(reason)) return undefined;
  return MISSING.test(said)
    ? verdict('SecretMissing', 'Failed', placedAt(pod), { said })
    : verdict('ContainerStartFailed', 'Failed', placedAt(pod), { container: name, said: said || reason });
}

/** A container that has ended, or that runs again after it had and is not ready yet. */
function crash(pod: PodPart, container: ContainerPart): Verdict | undefined {
  const { name, init, state, reason, message, ready, restarts, last } = container;
  const ended =
    state === 'terminated'
      ? { reason, message, exitCode: container.exitCode, at: container.since ?? placedAt(pod) }
      : restarts > 0 && !ready
        ? last
        : undefined;
  if (!ended || (init && state !== 'waiting' && ended.exitCode === 0)) return undefined;
  // Between two tries it looks well for a moment; only the cluster's waiting says that it has given up hoping.
  const phase = state === 'waiting' && reason === 'CrashLoopBackOff' ? 'Failed' : 'Starting';
  if (START_REASONS.has(ended.reason))
    return verdict('ContainerStartFailed', 'Failed', ended.at, {
      container: name,
      said: ended.message || ended.reason,
    });
  return ended.reason === 'OOMKilled'
    ? verdict('OutOfMemory', phase, ended.at, { container: name, count: restarts })
    : verdict('ContainerCrashing', phase, ended.at, {
        container: name,
        said: `it last ended with exit code ${ended.exitCode} (${ended.reason || 'no reason given'}).`,
        count: restarts,
      });
}

/** Of a mount that fails, events tell alone. They count while the pod waits for its mounts, and not from before. */
function mountTrouble(pod: PodPart, events: readonly EventPart[]): Verdict | undefined {
  if (pod.prepared || pod.containers.some(({ state }) => state !== 'waiting')) return undefined;
  const failures = present(pod, events)
    .filter(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume')
    // The kubelet sums up what it has said before.
    .sort((one, other) => Number(isSummary(one)) - Number(isSummary(other)) || newest(one, other));
  const said = failures[0]?.message;
  if (said === undefined) return undefined;
  const since = placedAt(pod);
  if (MISSING.test(said)) return verdict('SecretMissing', 'Failed', since, { said });
  if (/Multi-Attach/.test(said)) return verdict('DiskConflict', 'Starting', since, { said });
  return verdict('MountFailed', 'Starting', since, { said });
}

/** What the pod waits for, where nothing fails. */
export function containerWait(pod: PodPart, events: readonly EventPart[]): Verdict {
  const next = pod.containers.find(
    ({ init, state, started }) => !(init && (state === 'terminated' || started)),
  );
  const since = placedAt(pod);
  if (!next)
    return verdict('ContainerStarting', 'Starting', since, { stage: 'The node prepares the machine.' });
  const { name, image, init, state, started } = next;
  if (state === 'waiting') {
    const pulls = present(pod, events).some(
      ({ reason, container }) => reason === 'Pulling' && container === name,
    );
    if (pulls || pod.prepared) return verdict('PullingImage', 'Starting', since, { image });
    return verdict('ContainerStarting', 'Starting', since, {
      stage: 'The node prepares the volumes and the network of the machine.',
    });
  }
  if (init)
    return verdict('ContainerStarting', 'Starting', next.since ?? since, {
      stage: `The container ${name} prepares the machine.`,
    });
  if (pod.containers.every(isWell))
    return verdict('NodeLost', 'Starting', pod.ready?.since ?? since, { other: pod.node ?? '' });
  if (started) return verdict('ProbeFailing', 'Starting', pod.ready?.since ?? since, { container: name });
  return verdict('ContainerStarting', 'Starting', next.since ?? since, {
    stage: 'The container runs; what serves in it does not answer yet.',
  });
}

/** All is well of what the node has said last: then it is the node of which nothing is heard. */
const isWell = ({ ready, init, state }: ContainerPart): boolean => ready || (init && state === 'terminated');

const placedAt = (pod: PodPart): string => pod.scheduled?.since ?? pod.createdAt;

const isSummary = ({ message }: EventPart): boolean =>
  message.startsWith('Unable to attach or mount volumes');

const newest = (one: EventPart, other: EventPart): number =>
  Date.parse(other.at) - Date.parse(one.at) || (one.name < other.name ? -1 : 1);

/** Events outlive what they tell of: those from before the pod had its node count no more. */
const present = (pod: PodPart, events: readonly EventPart[]): EventPart[] =>
  events.filter(({ podUid, at }) => podUid === pod.uid && Date.parse(at) >= Date.parse(placedAt(pod)));
