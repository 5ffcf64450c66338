import type { Container } from '../container.ts';
import type { Pod } from '../dependents.ts';

/**
 * Whether the node of the pod has stopped reporting. The node lifecycle controller then sets the condition Ready of its
 * pods to False and changes nothing else (kubernetes/kubernetes pkg/controller/util/node, MarkPodsNotReady); the kubelet
 * always gives a reason. Pods that the controller deletes later are marked as disrupted by a taint.
 */
export const isNodeLost = (pod: Pod): boolean =>
  pod.node !== undefined &&
  pod.phase === 'Running' &&
  pod.ready?.isTrue === false &&
  pod.ready.reason === '' &&
  pod.containers.length > 0 &&
  pod.containers.every(isHealthy);

const isHealthy = ({ ready, init, state }: Container): boolean => ready || (init && state === 'terminated');
