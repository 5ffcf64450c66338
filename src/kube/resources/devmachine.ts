import { DevMachineError } from '../../devmachine/errors.ts';
import { isObject } from '../../devmachine/json-pointer.ts';
import type { Condition, Machine } from '../../devmachine/machine.ts';
import { GROUP, type MachineKey, PLURAL, VERSION } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import type { ManagedFields } from '../managed-fields/owners.ts';
import type { Interner } from './intern.ts';

/** A DevMachine as the API server stores it. */
export interface MachineObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
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

const NONE: readonly never[] = Object.freeze([]);

/** Keeps what answers need. */
export function toMachine({ metadata, spec, status }: MachineObject, interner: Interner): Machine {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } =
    metadata;
  return {
    name,
    namespace: interner.text(namespace),
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    deleting: deletionTimestamp !== undefined,
    deletionTimestamp,
    finalizers: interner.list(metadata.finalizers ?? NONE),
    spec: internSpec(spec, interner),
    specChangedAt: lastSpecChange(metadata),
    conditions: (status?.conditions ?? NONE).map((condition) => toCondition(condition, interner)),
  };
}

/** The fields in which many machines are alike. */
const internSpec = ({ ...spec }: DevMachineSpec, interner: Interner): DevMachineSpec => {
  spec.memory = interner.text(spec.memory);
  if (spec.image !== undefined) spec.image = interner.text(spec.image);
  if (spec.ephemeralStorage !== undefined) spec.ephemeralStorage = interner.text(spec.ephemeralStorage);
  if (spec.gpuResource !== undefined) spec.gpuResource = interner.text(spec.gpuResource);
  if (spec.template !== undefined) spec.template = interner.text(spec.template);
  if (spec.storage !== undefined) spec.storage = interner.object(spec.storage);
  return spec;
};

/** An entry of managedFields has the time at which its manager last changed one of its fields. */
function lastSpecChange({ managedFields = [], creationTimestamp }: MachineObject['metadata']): string {
  return managedFields
    .filter(({ fieldsV1 }) => isObject(fieldsV1) && 'f:spec' in fieldsV1)
    .reduce((latest, { time = latest }) => (time > latest ? time : latest), creationTimestamp);
}

/** The DevMachine in a response. Throws if it is something else, such as the page of a proxy. */
export function asMachineObject(body: unknown): MachineObject {
  const { metadata, spec } = (body ?? {}) as Partial<MachineObject>;
  if (metadata?.uid && metadata.resourceVersion && spec) return body as MachineObject;
  throw new DevMachineError(
    'cluster-unavailable',
    'The cluster answered with something that is not a DevMachine.',
    {
      cause: body,
    },
  );
}

const toCondition = (
  { type, status, reason, message, lastTransitionTime }: Condition,
  interner: Interner,
): Condition => ({
  type: interner.text(type),
  status: interner.text(status),
  ...(reason === undefined ? {} : { reason: interner.text(reason) }),
  ...(message === undefined ? {} : { message }),
  ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
});
