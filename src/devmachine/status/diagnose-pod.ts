import { type DeploymentPart, diskName, type PodPart, type Statement } from './dependents.ts';
import { containerTrouble, containerWait } from './diagnose-container.ts';
import { isAlive, type Scene, type Verdict, verdict } from './diagnosis.ts';

/** Why the machine's pod is not ready; undefined once it is. */
export function podTrouble(scene: Scene): Verdict | undefined {
  const { machine, parts, deployment, pod } = scene;
  if (!deployment) return undefined;
  if (parts.unknown.includes('Pod')) return unseen(scene, deployment);
  // Pods that end or have failed do not count: then the pod that is there is a former one.
  if (!pod || !isAlive(pod) || pod.deleting || deployment.updatedReplicas === 0)
    return podless(scene, deployment);
  if (pod.ready?.holds) return undefined;
  const disk = parts.claims.find(({ name }) => name === diskName(machine.name));
  if (disk?.phase === 'Lost') return verdict('DiskLost', 'Failed', pod.createdAt, { other: disk.name });
  return unplaced(scene, pod) ?? containerTrouble(pod, parts.events) ?? containerWait(pod, parts.events);
}

/** Since when the pod has been ready. */
export const readySince = ({ machine, pod }: Scene): string => pod?.ready?.since ?? machine.specChangedAt;

/** The Deployment counts its ready pods: enough to see one that is ready, not to see why one is not. */
function unseen({ machine }: Scene, { readyReplicas, updatedReplicas }: DeploymentPart): Verdict | undefined {
  if (readyReplicas > 0 && updatedReplicas > 0) return undefined;
  return verdict('PartUnknown', 'Starting', machine.specChangedAt, { kinds: ['Pod'] });
}

function podless({ machine, pod }: Scene, { failure, createdAt }: DeploymentPart): Verdict {
  if (failure?.holds && !(pod && isAlive(pod))) {
    const reason = /exceeded quota/i.test(failure.message) ? 'QuotaExceeded' : 'PodRefused';
    return verdict(reason, 'Failed', failure.since, { said: failure.message });
  }
  const evicted = pod && eviction(pod);
  if (evicted) return verdict('Evicted', 'Starting', evicted.since, { said: evicted.message });
  if (!pod) return verdict('CreatingPod', 'Starting', later(createdAt, machine.specChangedAt));
  const said = isAlive(pod) ? '' : `it failed with ${pod.reason || 'no reason given'}. ${pod.message}`;
  return verdict('Recreating', 'Starting', pod.endingSince ?? pod.createdAt, { said });
}

const TAKEN = new Set(['Evicted', 'Preempting', 'Shutdown', 'NodeShutdown', 'Terminated', 'NodeLost']);

function eviction({ reason, message, disruption, createdAt, endingSince }: PodPart): Statement | undefined {
  if (disruption?.holds)
    return { ...disruption, message: message || disruption.message || disruption.reason };
  const since = endingSince ?? createdAt;
  return TAKEN.has(reason) ? { holds: true, reason, message: message || reason, since } : undefined;
}

/** Why the pod has no node yet. */
function unplaced({ machine, parts }: Scene, pod: PodPart): Verdict | undefined {
  if (pod.node !== undefined || pod.scheduled?.holds) return undefined;
  const other = diskName(machine.name);
  const pending = parts.claims.some(({ name, phase }) => name === other && phase !== 'Bound');
  if (!pod.scheduled)
    return pending
      ? verdict('DiskPending', 'Starting', pod.createdAt, { other })
      : verdict('CreatingPod', 'Starting', pod.createdAt, { stage: 'The pod waits for the scheduler.' });
  const { message: said, since } = pod.scheduled;
  if (/ReadWriteOncePod/.test(said)) return verdict('DiskConflict', 'Starting', since, { said });
  const claim = /persistentvolumeclaim "([^"]*)" (not found|is being deleted)/.exec(said)?.[1];
  if (claim !== undefined && claim !== other) return verdict('MountFailed', 'Starting', since, { said });
  const volumes = /persistentvolumeclaims|persistent volumes? to bind|binding volumes/i.test(said);
  if (claim === other || (pending && volumes))
    return verdict('DiskPending', 'Starting', since, { other, said });
  return verdict('Unschedulable', 'Starting', since, { said });
}

const later = (one: string, other: string): string => (one > other ? one : other);
