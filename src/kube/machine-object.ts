import type { Condition, Machine } from '../devmachine/machine.ts';
import { GROUP, type MachineKey, PLURAL, VERSION } from '../devmachine/manifest.ts';
import type { DevMachineSpec } from '../devmachine/spec.ts';
import type { ManagedFields } from './field-owners.ts';

/** A DevMachine as the API server answers it. */
export interface MachineObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly managedFields?: readonly ManagedFields[];
  };
  readonly spec: DevMachineSpec;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** Path of the machines of a namespace, or of the whole cluster. */
export const machinesPath = (namespace?: string): string =>
  namespace
    ? `/apis/${GROUP}/${VERSION}/namespaces/${namespace}/${PLURAL}`
    : `/apis/${GROUP}/${VERSION}/${PLURAL}`;

export const machinePath = ({ namespace, name }: MachineKey): string => `${machinesPath(namespace)}/${name}`;

/** Takes over what answers need; of the operator's status the conditions alone, never the rendered manifest. */
export function toMachine({ metadata, spec, status }: MachineObject): Machine {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } =
    metadata;
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    deleting: deletionTimestamp !== undefined,
    spec,
    conditions: (status?.conditions ?? []).map(toCondition),
  };
}

function toCondition({ type, status, reason, message, lastTransitionTime }: Condition): Condition {
  return {
    type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
  };
}
