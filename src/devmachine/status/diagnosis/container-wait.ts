import type { Pod, PodEvent } from '../dependents.ts';
import { type Diagnosis, toDiagnosis } from './diagnosis.ts';
import { isNodeLost } from './node.ts';
import { eventsSinceScheduled, scheduledAt } from './pod-events.ts';

/** What a pod that has a node waits for, if nothing fails. */
export function diagnoseContainerWait(pod: Pod, events: readonly PodEvent[]): Diagnosis {
  const current = pod.containers.find(
    ({ init, state, started }) => !(init && (state === 'terminated' || started)),
  );
  const since = scheduledAt(pod);
  const toStarting = (progress: string, startedAt = since) =>
    toDiagnosis('ContainerStarting', 'Starting', startedAt, { progress });
  if (!current) return toStarting('The node is preparing the machine.');
  const { name, image, init, state, started } = current;
  if (state === 'waiting') {
    const isPulling = eventsSinceScheduled(pod, events).some(
      ({ reason, container }) => reason === 'Pulling' && container === name,
    );
    if (isPulling || pod.readyToStartContainers)
      return toDiagnosis('PullingImage', 'Starting', since, { image });
    return toStarting("The node is preparing the machine's volumes and network.");
  }
  if (init) return toStarting(`The init container ${name} is running.`, current.since);
  if (isNodeLost(pod))
    return toDiagnosis('NodeLost', 'Starting', pod.ready?.since ?? since, { node: pod.node ?? '' });
  if (started) return toDiagnosis('ProbeFailing', 'Starting', pod.ready?.since ?? since, { container: name });
  return toStarting('The container is running but does not answer on its port yet.', current.since);
}
