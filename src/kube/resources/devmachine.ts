import { DevMachineError } from '../../devmachine/errors.ts';
import { isObject } from '../../devmachine/json-pointer.ts';
import type { Condition, Machine } from '../../devmachine/machine.ts';
import { GROUP, type MachineKey, PLURAL, VERSION } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import type { ManagedFields } from '../managed-fields/owners.ts';
import { intern, internAll, internList } from './intern.ts';

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

/** Takes over what answers need; of the operator's status the conditions alone, never the rendered manifest. */
export function toMachine({ metadata, spec, status }: MachineObject): Machine {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } =
    metadata;
  return {
    name,
    namespace: intern(namespace),
    uid,
    resourceVersion,
    generation,
    creationTimestamp: intern(creationTimestamp),
    deleting: deletionTimestamp !== undefined,
    deletionTimestamp,
    finalizers: internList(metadata.finalizers ?? NONE),
    spec: internAll(spec),
    specChangedAt: intern(lastChange(metadata)),
    conditions: (status?.conditions ?? NONE).map((condition) => internAll(toCondition(condition))),
  };
}

/** Each manager's entry has the time at which it last changed one of its fields. */
function lastChange({ managedFields = [], creationTimestamp }: MachineObject['metadata']): string {
  return managedFields
    .filter(({ fieldsV1 }) => isObject(fieldsV1) && 'f:spec' in fieldsV1)
    .reduce((latest, { time = latest }) => (time > latest ? time : latest), creationTimestamp);
}

/** The object of an answer. Throws where there is none: something between us and the cluster has answered in its place. */
export function asMachineObject(body: unknown): MachineObject {
  const { metadata, spec } = (body ?? {}) as Partial<MachineObject>;
  if (metadata?.uid && metadata.resourceVersion && spec) return body as MachineObject;
  throw new DevMachineError('cluster-unavailable', 'The cluster gave an answer that is no DevMachine.', {
    cause: body,
  });
}

/** The CRD leaves the operator's status open: what is no text is left out of the answer. */
const toCondition = ({ type, status, reason, message, lastTransitionTime }: Condition) =>
  ({
    type,
    status,
    reason: textOf(reason),
    message: textOf(message),
    lastTransitionTime: textOf(lastTransitionTime),
  }) as Condition;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
