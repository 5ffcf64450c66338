import { type ConditionState, type Deployment, diskName, type Pod } from './dependents.ts';
import { diagnoseContainers, diagnoseContainerWait } from './diagnose-container.ts';
import { type Diagnosis, type DiagnosisContext, diagnosis, isAlive } from './diagnosis.ts';

/** Why the machine's pod is not ready; undefined once it is. */
export function diagnosePod(context: DiagnosisContext): Diagnosis | undefined {
  const { machine, dependents, deployment, pod } = context;
  if (!deployment) return undefined;
  if (dependents.unknown.includes('Pod')) return unseen(context, deployment);
  // Pods that end or have failed do not count: then the pod that is there is a former one.
  if (!pod || !isAlive(pod) || pod.deleting || deployment.updatedReplicas === 0)
    return podless(context, deployment);
  if (pod.ready?.isTrue) return undefined;
  const disk = dependents.pvcs.find(({ name }) => name === diskName(machine.name));
  if (disk?.phase === 'Lost') return diagnosis('DiskLost', 'Failed', pod.createdAt, { other: disk.name });
  return (
    unplaced(context, pod) ??
    diagnoseContainers(pod, dependents.events) ??
    diagnoseContainerWait(pod, dependents.events)
  );
}

/** Since when the pod has been ready. */
export const readySince = ({ machine, pod }: DiagnosisContext): string =>
  pod?.ready?.since ?? machine.specChangedAt;

/** The Deployment counts its ready pods: enough to see one that is ready, not to see why one is not. */
function unseen(
  { machine }: DiagnosisContext,
  { readyReplicas, updatedReplicas }: Deployment,
): Diagnosis | undefined {
  if (readyReplicas > 0 && updatedReplicas > 0) return undefined;
  return diagnosis('PartUnknown', 'Starting', machine.specChangedAt, { kinds: ['Pod'] });
}

function podless({ machine, pod }: DiagnosisContext, { failure, createdAt }: Deployment): Diagnosis {
  if (failure?.isTrue && !(pod && isAlive(pod))) {
    const reason = /exceeded quota/i.test(failure.message) ? 'QuotaExceeded' : 'PodRefused';
    return diagnosis(reason, 'Failed', failure.since, { said: failure.message });
  }
  const evicted = pod && eviction(pod);
  if (evicted) return diagnosis('Evicted', 'Starting', evicted.since, { said: evicted.message });
  if (!pod) return diagnosis('CreatingPod', 'Starting', later(createdAt, machine.specChangedAt));
  const said = isAlive(pod) ? '' : `it failed with ${pod.reason || 'no reason given'}. ${pod.message}`;
  return diagnosis('Recreating', 'Starting', pod.terminatingSince ?? pod.createdAt, { said });
}

const TAKEN = new Set(['Evicted', 'Preempting', 'Shutdown', 'NodeShutdown', 'Terminated', 'NodeLost']);

function eviction({
  reason,
  message,
  disruption,
  createdAt,
  terminatingSince,
}: Pod): ConditionState | undefined {
  if (disruption?.isTrue)
    return { ...disruption, message: message || disruption.message || disruption.reason };
  const since = terminatingSince ?? createdAt;
  return TAKEN.has(reason) ? { isTrue: true, reason, message: message || reason, since } : undefined;
}

/** Why the pod has no node yet. */
function unplaced({ machine, dependents }: DiagnosisContext, pod: Pod): Diagnosis | undefined {
  if (pod.node !== undefined || pod.scheduled?.isTrue) return undefined;
  const other = diskName(machine.name);
  const pending = dependents.pvcs.some(({ name, phase }) => name === other && phase !== 'Bound');
  if (!pod.scheduled)
    return pending
      ? diagnosis('DiskPending', 'Starting', pod.createdAt, { other })
      : diagnosis('CreatingPod', 'Starting', pod.createdAt, { stage: 'The pod waits for the scheduler.' });
  const { message: said, since } = pod.scheduled;
  if (/ReadWriteOncePod/.test(said)) return diagnosis('DiskConflict', 'Starting', since, { said });
  const claim = /persistentvolumeclaim "([^"]*)" (not found|is being deleted)/.exec(said)?.[1];
  if (claim !== undefined && claim !== other) return diagnosis('MountFailed', 'Starting', since, { said });
  const volumes = /persistentvolumeclaims|persistent volumes? to bind|binding volumes/i.test(said);
  if (claim === other || (pending && volumes))
    return diagnosis('DiskPending', 'Starting', since, { other, said });
  return diagnosis('Unschedulable', 'Starting', since, { said });
}

const later = (one: string, other: string): string => (one > other ? one : other);
