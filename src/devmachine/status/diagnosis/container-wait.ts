import type { Container } from '../container.ts';
import type { Dependents, Pod } from '../dependents.ts';
import { type Diagnosis, toDiagnosis } from './diagnosis.ts';
import { isNodeLost } from './node.ts';
import { eventsSinceScheduled, scheduledAt } from './pod-events.ts';
import { isOfS3Mount } from './s3-mount.ts';

const COPYING_HINT =
  'Wait until the bucket is copied. If it takes too long, check bucket, prefix and endpoint of the s3 mount.';
const SILENT_HINT =
  "Wait; the machine has up to ten minutes to answer for the first time. The process must listen on the machine's port, on all addresses of the pod.";

/** What a pod that has a node waits for, if nothing fails. */
export function diagnoseContainerWait(pod: Pod, dependents: Dependents): Diagnosis {
  const current = pod.containers.find((container) => !isDone(container));
  const since = scheduledAt(pod);
  const toStarting = (progress: string, startedAt = since, hint?: string) =>
    toDiagnosis('ContainerStarting', 'Starting', startedAt, hint ? { progress, hint } : { progress });
  if (!current) return toStarting('The node is preparing the machine.');
  const { name, image, init, state, started } = current;
  if (state === 'waiting') {
    if (isPulling(pod, current, dependents)) return toDiagnosis('PullingImage', 'Starting', since, { image });
    return toStarting(
      pod.readyToStartContainers
        ? `The node is creating the container ${name}.`
        : "The node is preparing the machine's volumes and network.",
    );
  }
  if (isOfS3Mount(current))
    return toStarting(`The container ${name} is copying a bucket.`, current.since, COPYING_HINT);
  if (init) return toStarting(`The init container ${name} is running.`, current.since);
  if (isNodeLost(pod))
    return toDiagnosis('NodeLost', 'Starting', pod.ready?.since ?? since, { node: pod.node ?? '' });
  if (started && wasReady(pod, current))
    return toDiagnosis('ProbeFailing', 'Starting', pod.ready?.since ?? since, { container: name });
  return toStarting(
    'The container is running but does not answer on its port yet.',
    current.since,
    SILENT_HINT,
  );
}

/** Whether the next container can start. The kubelet sets `started` of all running containers that have no startup probe. */
const isDone = ({ init, sidecar, state, started }: Container): boolean =>
  init && (state === 'terminated' || (sidecar && started));

/** The condition PodReadyToStartContainers alone does not tell whether the node has the image already. */
function isPulling(pod: Pod, { name }: Container, { events, unknown }: Dependents): boolean {
  if (unknown.includes('Event')) return pod.readyToStartContainers;
  return eventsSinceScheduled(pod, events).some(
    ({ reason, container }) => reason === 'Pulling' && container === name,
  );
}

/** Whether the pod has lost its readiness since the container was started. The first readiness probe takes a moment. */
const wasReady = ({ ready }: Pod, { since }: Container): boolean =>
  ready === undefined || since === undefined || ready.since >= since;
