import type { Pod } from '../../devmachine/status/dependents.ts';
import { type ContainerSpec, type ContainerStatus, toContainers } from './container.ts';
import type { Interner } from './intern.ts';
import { type ConditionObject, type Metadata, toConditionState, toDependent, truncate } from './metadata.ts';

interface PodObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly ContainerSpec[];
    readonly initContainers?: readonly ContainerSpec[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly ConditionObject[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** Keeps images and states of the containers: no variables, no commands, no termination messages of their processes. */
export function toPod(object: unknown, interner: Interner): Pod {
  const { metadata, spec, status = {} } = object as PodObject;
  const condition = (type: string) =>
    toConditionState(status.conditions, type, metadata.creationTimestamp, interner);
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'Pod',
    metadata,
    interner,
  );
  return {
    kind,
    namespace,
    name,
    uid,
    resourceVersion,
    machine,
    createdAt,
    deleting,
    terminatingSince: terminatingSince(metadata),
    phase: interner.text(status.phase ?? 'Pending'),
    reason: interner.text(status.reason ?? ''),
    message: truncate(status.message),
    node: interner.text(spec.nodeName),
    scheduled: condition('PodScheduled'),
    ready: condition('Ready'),
    readyToStartContainers: condition('PodReadyToStartContainers')?.isTrue ?? false,
    disruption: condition('DisruptionTarget'),
    containers: toContainers(spec.initContainers, status.initContainerStatuses, true, interner).concat(
      toContainers(spec.containers, status.containerStatuses, false, interner),
    ),
  };
}

/** When the deletion was requested: deletionTimestamp is that time plus the grace period. */
function terminatingSince({
  deletionTimestamp,
  deletionGracePeriodSeconds = 0,
}: Metadata): string | undefined {
  if (deletionTimestamp === undefined) return undefined;
  const requested = new Date(Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1_000);
  return requested.toISOString().replace('.000Z', 'Z');
}
