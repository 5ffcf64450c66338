import type { Static } from '@sinclair/typebox';
import type { Machine } from '../machine.ts';
import { type Dependents, diskName, type Ingress, type Pod, type Pvc } from './dependents.ts';
import { diagnose } from './diagnose.ts';
import { ownIngress, urlOf } from './diagnose-access.ts';
import { toContext } from './diagnosis.ts';
import { MachineStatus as Schema } from './schema.ts';

export const MachineStatus = Schema;
export type MachineStatus = Static<typeof Schema>;

/** The same objects always make the same document: it knows no clock, and no order in which they became known. */
export function toStatus(machine: Machine, parts: Dependents): MachineStatus {
  const { name, namespace, uid, generation, spec, conditions, deleting } = machine;
  const { phase, reason, message, hint, since } = diagnose(machine, parts);
  const ready = phase === 'Running';
  const url = ready ? urlOf({ machine, parts }) : undefined;
  const { pod } = toContext(machine, parts);
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
    resources: toResources(machine, parts),
    restarts: pod ? restartsOf(pod) : 0,
    deleting,
  };
}

function toResources(machine: Machine, parts: Dependents): MachineStatus['resources'] {
  const disk = parts.claims.find(({ name }) => name === diskName(machine.name));
  const ingress = ownIngress({ machine, parts });
  return {
    pods: parts.pods.map(toPod),
    ...(disk ? { disk: toDisk(disk) } : {}),
    ...(ingress ? { ingress: toIngress(ingress) } : {}),
    unknown: [...parts.unknown],
  };
}

const toPod = (pod: Pod) => ({
  name: pod.name,
  phase: pod.phase,
  ready: pod.ready?.holds ?? false,
  restarts: restartsOf(pod),
  ...(pod.node === undefined ? {} : { node: pod.node }),
  createdAt: pod.createdAt,
  deleting: pod.deleting,
});

const toDisk = ({ name, phase, size, className, deleting }: Pvc) => ({
  name,
  phase,
  size,
  ...(className === undefined ? {} : { storageClassName: className }),
  deleting,
});

const toIngress = ({ name, hosts, tlsHosts, deleting }: Ingress) => ({
  name,
  hosts: [...hosts],
  tls: hosts.length > 0 && hosts.every((host) => tlsHosts.includes(host)),
  deleting,
});

const restartsOf = (pod: Pod): number => pod.containers.reduce((sum, { restarts }) => sum + restarts, 0);
