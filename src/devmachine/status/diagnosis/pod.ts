import { type Deployment, diskName, type Pod } from '../dependents.ts';
import { diagnoseContainers } from './container.ts';
import { diagnoseContainerWait } from './container-wait.ts';
import { type Diagnosis, type DiagnosisContext, isAlive, toDiagnosis } from './diagnosis.ts';
import { diagnoseEviction, diagnosePredecessor, isUneventful } from './eviction.ts';
import { isNodeLost } from './node.ts';
import { isAboutQuota, toQuotaExceeded } from './quota.ts';

/** Why the machine's pod is not ready; undefined once it is. */
export function diagnosePod(context: DiagnosisContext): Diagnosis | undefined {
  const { machine, dependents, deployment, pod } = context;
  if (!deployment) return undefined;
  if (dependents.unknown.includes('Pod')) return diagnoseByReplicaCounts(context, deployment);
  // updatedReplicas does not count pods that are terminating or failed: if it is 0, the pod belongs to an older spec.
  if (!pod || !isAlive(pod) || pod.deleting || deployment.updatedReplicas === 0)
    return diagnoseMissingPod(context, deployment);
  if (pod.ready?.isTrue) return undefined;
  const previous = previousPod(context, pod);
  if (previous) return diagnosePreviousPod(previous);
  const disk = dependents.pvcs.find(({ name }) => name === diskName(machine.name));
  if (disk?.phase === 'Lost') return toDiagnosis('DiskLost', 'Failed', pod.createdAt, { disk: disk.name });
  const diagnosis =
    diagnoseScheduling(context, pod) ??
    diagnoseContainers(pod, dependents.events) ??
    diagnoseContainerWait(pod, dependents);
  return (isUneventful(diagnosis.reason) && diagnosePredecessor(context, pod)) || diagnosis;
}

/** When the pod became ready (RFC 3339). */
export const readySince = ({ machine, pod }: DiagnosisContext): string =>
  pod?.ready?.since ?? machine.specChangedAt;

/** Without permission to read pods: the Deployment's status tells that a pod is ready, but not why it is not. */
function diagnoseByReplicaCounts(
  { machine }: DiagnosisContext,
  { readyReplicas, updatedReplicas }: Deployment,
): Diagnosis | undefined {
  if (readyReplicas > 0 && updatedReplicas > 0) return undefined;
  return toDiagnosis('PartUnknown', 'Starting', machine.specChangedAt, { kinds: ['Pod'] });
}

/** There is no pod of the current spec that is alive. `pod` is the previous one, if it still exists. */
function diagnoseMissingPod(context: DiagnosisContext, deployment: Deployment): Diagnosis {
  const { failure, createdAt, replicas } = deployment;
  const { machine, pod } = context;
  if (failure?.isTrue && !(pod && isAlive(pod)))
    return isAboutQuota(failure.message)
      ? toQuotaExceeded(context, failure.since, failure.message)
      : toDiagnosis('PodRefused', 'Failed', failure.since, { upstreamMessage: failure.message });
  // The Deployment's status may not count a new pod yet. If the pod is ready, it is the former one.
  const isUncounted = replicas === 0 && pod && isAlive(pod) && !pod.deleting && !pod.ready?.isTrue;
  const previous = isUncounted ? previousPod(context, pod) : pod;
  return previous
    ? diagnosePreviousPod(previous)
    : toDiagnosis('CreatingPod', 'Starting', later(createdAt, machine.specChangedAt));
}

/**
 * The pod that keeps `pod` from getting a node: the anti-affinity of a machine's pods allows only one of them on a node
 * (operator/helm-charts/devmachine/templates/_pod.tpl). It may belong to an earlier machine of the same name.
 */
const previousPod = ({ dependents }: DiagnosisContext, pod: Pod): Pod | undefined =>
  pod.node === undefined
    ? dependents.pods.find((other) => other !== pod && other.node !== undefined && isAlive(other))
    : undefined;

/** `pod` must end before the next pod can start, or has ended. */
function diagnosePreviousPod(pod: Pod): Diagnosis {
  const { node = '' } = pod;
  const since = pod.terminatingSince ?? pod.createdAt;
  if (isNodeLost(pod))
    return toDiagnosis('NodeLost', 'Starting', pod.ready?.since ?? since, {
      progress: `The node ${node}, which runs the machine's previous pod, is not responding. The next pod starts when that pod is gone.`,
    });
  const eviction = diagnoseEviction(pod);
  if (eviction) return eviction;
  if (isAlive(pod)) return toDiagnosis('Recreating', 'Starting', since);
  return toDiagnosis('Recreating', 'Starting', since, {
    upstreamMessage: [pod.reason, pod.message].filter(Boolean).join(': '),
  });
}

/** Why the pod has no node yet. The patterns match messages of kube-scheduler and its volume plugins. */
function diagnoseScheduling({ machine, dependents }: DiagnosisContext, pod: Pod): Diagnosis | undefined {
  if (pod.node !== undefined || pod.scheduled?.isTrue) return undefined;
  const disk = diskName(machine.name);
  const pvc = dependents.pvcs.find(({ name }) => name === disk);
  const isDiskPending = pvc !== undefined && pvc.phase !== 'Bound';
  const params = { disk, storageClass: pvc?.storageClassName };
  if (!pod.scheduled)
    return isDiskPending
      ? toDiagnosis('DiskPending', 'Starting', pod.createdAt, params)
      : toDiagnosis('CreatingPod', 'Starting', pod.createdAt, {
          progress: 'The pod is waiting for the scheduler.',
        });
  const { reason, message: upstreamMessage, since } = pod.scheduled;
  if (reason === 'SchedulingGated') return toDiagnosis('Queued', 'Starting', since, { upstreamMessage });
  if (/ReadWriteOncePod/.test(upstreamMessage))
    return toDiagnosis('DiskConflict', 'Starting', since, { upstreamMessage });
  const named = /persistentvolumeclaim "([^"]*)" (not found|is being deleted)/.exec(upstreamMessage)?.[1];
  if (named !== undefined && named !== disk)
    return toDiagnosis('MountFailed', 'Starting', since, { upstreamMessage });
  const isAboutVolumes = /persistentvolumeclaims|persistent volumes? to bind|binding volumes/i.test(
    upstreamMessage,
  );
  if (named === disk || (isDiskPending && isAboutVolumes))
    return toDiagnosis('DiskPending', 'Starting', since, { ...params, upstreamMessage });
  return toDiagnosis('Unschedulable', 'Starting', since, { upstreamMessage });
}

const later = (one: string, other: string): string => (one > other ? one : other);
