import { DevMachineError } from '../../devmachine/errors.ts';
import { asStatus, toDomainError } from '../client/api-errors.ts';
import type { KubeResponse } from '../client/transport.ts';
import type { PodContainer } from './containers.ts';

/** The API server gets logs and terminals from the kubelet. If it cannot reach it, it answers 500, or not at all. */
export const kubeletUnreachable = ({ pod, name }: PodContainer, cause: unknown): DevMachineError =>
  new DevMachineError(
    'kubelet-unreachable',
    `The kubelet of the node ${pod.node ?? ''} does not respond, so there is nothing to see of the container ${name}. A simulated node has no kubelet.`,
    { cause, retryAfterSeconds: 10 },
  );

/** Why the API server refused a request about a container. */
export function toContainerError(container: PodContainer, response: KubeResponse): DevMachineError {
  const status = asStatus(response.body);
  // With 503, the API server speaks of itself.
  if (response.status >= 500 && response.status !== 503)
    return kubeletUnreachable(container, status ?? response.body);
  if (response.status === 404) return gone(container, status);
  return toDomainError(response);
}

/** A request that failed without a response. While the kubelet is silent, so is the API server. */
export const toConnectionError = (container: PodContainer, error: unknown): unknown =>
  error instanceof DevMachineError && error.code === 'cluster-timeout'
    ? kubeletUnreachable(container, error)
    : error;

const gone = ({ pod }: PodContainer, cause: unknown): DevMachineError =>
  new DevMachineError('machine-not-ready', `The pod ${pod.name} of the machine has gone.`, {
    cause,
    retryAfterSeconds: 5,
  });
