import { DevMachineError, notReady } from '../../devmachine/errors.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { Container } from '../../devmachine/status/container.ts';
import type { Pod } from '../../devmachine/status/dependents.ts';
import { podThatCounts } from '../../devmachine/status/diagnosis/diagnosis.ts';
import type { MachineStatus } from '../../devmachine/status/status.ts';
import type { Call } from '../calls.ts';
import { toDomainError } from '../client/api-errors.ts';
import { Interner } from '../resources/intern.ts';
import { MACHINE_LABEL } from '../resources/metadata.ts';
import { toPod } from '../resources/pod.ts';
import type { MachineCache } from '../status/machine-cache.ts';

/** Name of the container with the IDE, or the user's command (`devmachine.container` in the chart's _containers.tpl). */
const MACHINE_CONTAINER = 'machine';

/** A container, and the pod that it is in. */
export interface PodContainer extends Container {
  readonly pod: Pod;
}

/** The machine's pod, from the cache; or else as the caller sees it, whose requests `call` sends. */
export async function findPod(
  cache: Pick<MachineCache, 'pod'>,
  call: Call,
  key: MachineKey,
  signal: AbortSignal,
): Promise<Pod | undefined> {
  const known = cache.pod(key);
  if (known !== 'unknown') return known;
  const response = await call(signal, (client, within) =>
    client.request({
      path: `/api/v1/namespaces/${key.namespace}/pods`,
      query: { labelSelector: `${MACHINE_LABEL}=${key.name}` },
      signal: within,
    }),
  );
  if (response.status !== 200) throw toDomainError(response);
  const { items } = response.body as { readonly items: readonly unknown[] };
  const interner = new Interner();
  return podThatCounts(items.map((item) => toPod(item, interner)));
}

/** The container of this name; by default that of the machine itself. Throws machine-not-ready or container-not-found. */
export function chooseContainer(
  status: MachineStatus,
  pod: Pod | undefined,
  name = MACHINE_CONTAINER,
): PodContainer {
  if (!pod) throw notReady(status, 'It has no pod.');
  if (pod.containers.length === 0) throw notReady(status, 'The containers of its pod do not exist yet.');
  const container = pod.containers.find((one) => one.name === name);
  if (container) return { ...container, pod };
  const names = pod.containers.map((one) => one.name);
  throw new DevMachineError(
    'container-not-found',
    `The machine ${status.name} has no container "${name}". It has: ${names.join(', ')}.`,
  );
}

/** The path of a subresource of the container's pod, such as log. */
export const podPath = ({ pod }: PodContainer, subresource: string): string =>
  `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/${subresource}`;
