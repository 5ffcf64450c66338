import type { Pod } from '../../devmachine/status/dependents.ts';
import { type ContainerSpec, type ContainerStatus, toContainers } from './container.ts';
import { intern } from './intern.ts';
import { type ConditionObject, cut, type Metadata, toConditionState, toDependent } from './metadata.ts';

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

/** Of the containers their images and states: no variables, no commands, no words of what runs in them. */
export function toPod(object: unknown): Pod {
  const { metadata, spec, status = {} } = object as PodObject;
  const statement = (type: string) => toConditionState(status.conditions, type, metadata.creationTimestamp);
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'Pod',
    metadata,
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
    phase: intern(status.phase ?? 'Pending'),
    reason: intern(status.reason ?? ''),
    message: cut(status.message),
    node: intern(spec.nodeName),
    scheduled: statement('PodScheduled'),
    ready: statement('Ready'),
    readyToStartContainers: statement('PodReadyToStartContainers')?.isTrue ?? false,
    disruption: statement('DisruptionTarget'),
    containers: toContainers(spec.initContainers, status.initContainerStatuses, true).concat(
      toContainers(spec.containers, status.containerStatuses, false),
    ),
  };
}

/** A pod's deletionTimestamp is when it will be killed: its grace period after the request. */
function terminatingSince({
  deletionTimestamp,
  deletionGracePeriodSeconds = 0,
}: Metadata): string | undefined {
  if (deletionTimestamp === undefined) return undefined;
  const asked = new Date(Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1_000);
  return asked.toISOString().replace('.000Z', 'Z');
}
