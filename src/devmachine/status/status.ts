import type { Static } from '@sinclair/typebox';
import type { Machine } from '../machine.ts';
import { type Dependents, diskName, type Ingress, type Pod, type Pvc } from './dependents.ts';
import { isStillReachable, ownIngress, urlOf } from './diagnosis/access.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { toContext } from './diagnosis/diagnosis.ts';
import { failedCondition } from './diagnosis/operator.ts';
import { MachineStatus as Schema } from './schema.ts';
import type { StatusSettings } from './settings.ts';

export const MachineStatus = Schema;
export type MachineStatus = Static<typeof Schema>;

/** Pure: equal objects give equal documents, whatever the time and the order in which the objects arrived. */
export function toStatus(machine: Machine, dependents: Dependents, settings: StatusSettings): MachineStatus {
  const { name, namespace, uid, generation, spec, conditions, deleting } = machine;
  const context = toContext(machine, dependents, settings);
  const { phase, reason, message, hint, since } = diagnose(context);
  const ready = phase === 'Running';
  const { pod, deployment } = context;
  const isServed = ready
    ? spec.ingressDomain !== undefined
    : phase === 'Failed' && failedCondition(conditions) !== undefined && isStillReachable(context);
  const url = isServed ? urlOf(context) : undefined;
  return {
    name,
    namespace,
    uid,
    generation,
    phase,
    ready,
    reason,
    message,
    hint,
    since,
    ...(url === undefined ? {} : { url }),
    spec,
    conditions: [...conditions],
    resources: toResources(machine, dependents),
    restarts: pod ? restartsOf(pod) : 0,
    restartPending: deployment?.restartPending ?? false,
    deleting,
  };
}

function toResources(machine: Machine, dependents: Dependents): MachineStatus['resources'] {
  const disk = dependents.pvcs.find(({ name }) => name === diskName(machine.name));
  const ingress = ownIngress({ machine, dependents });
  return {
    pods: dependents.pods.map(toPod),
    ...(disk ? { disk: toDisk(disk) } : {}),
    ...(ingress ? { ingress: toIngress(ingress) } : {}),
    unknown: [...dependents.unknown],
  };
}

const toPod = (pod: Pod) => ({
  name: pod.name,
  phase: pod.phase,
  ready: pod.ready?.isTrue ?? false,
  restarts: restartsOf(pod),
  ...(pod.node === undefined ? {} : { node: pod.node }),
  createdAt: pod.createdAt,
  deleting: pod.deleting,
});

const toDisk = ({ name, phase, size, storageClassName, deleting }: Pvc) => ({
  name,
  phase,
  size,
  ...(storageClassName === undefined ? {} : { storageClassName }),
  deleting,
});

const toIngress = ({ name, hosts, tlsHosts, deleting }: Ingress) => ({
  name,
  hosts: [...hosts],
  tls: hosts.length > 0 && hosts.every((host) => tlsHosts.includes(host)),
  deleting,
});

const restartsOf = (pod: Pod): number => pod.containers.reduce((sum, { restarts }) => sum + restarts, 0);
