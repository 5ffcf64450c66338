import type { Machine } from '../machine.ts';
import type { Dependents, Deployment, Pod } from './dependents.ts';
import type { Phase } from './phases.ts';
import { type MessageParams, REASONS, type Reason } from './reasons.ts';

/** What a machine is doing, and why. */
export interface Diagnosis {
  readonly phase: Phase;
  readonly reason: Reason;
  readonly message: string;
  readonly hint: string;
  /** A time from the objects, never the clock's: the same objects always make the same document. */
  readonly since: string;
}

/** What is judged: a machine and those of its dependents that are really its own. */
export interface DiagnosisContext {
  readonly machine: Machine;
  readonly dependents: Dependents;
  readonly deployment: Deployment | undefined;
  /** The one that counts: the newest that still lives, else the newest. */
  readonly pod: Pod | undefined;
}

type PhaseOf<R extends Reason> = (typeof REASONS)[R]['phases'][number];

export function diagnosis<R extends Reason>(
  reason: R,
  phase: PhaseOf<R>,
  since: string,
  params: MessageParams = {},
): Diagnosis {
  const { message, hint } = REASONS[reason];
  return { phase, reason, message: message(params), hint, since };
}

export function toContext(machine: Machine, dependents: Dependents): DiagnosisContext {
  const deployment = dependents.deployments.find(
    // One of an earlier machine of this name can still be in a watch that is behind.
    ({ name, ownerUid }) => name === machine.name && (ownerUid === undefined || ownerUid === machine.uid),
  );
  const pods = dependents.pods.filter(({ createdAt }) => !deployment || createdAt >= deployment.createdAt);
  return { machine, dependents, deployment, pod: pods.sort(byWeight)[0] };
}

/** Whether a pod runs or will run: one that was evicted stays behind as a record only. */
export const isAlive = ({ phase }: Pod): boolean => phase !== 'Failed' && phase !== 'Succeeded';

const byWeight = (one: Pod, other: Pod): number =>
  Number(stays(other)) - Number(stays(one)) ||
  compare(other.createdAt, one.createdAt) ||
  compare(other.name, one.name);

const stays = (pod: Pod): boolean => isAlive(pod) && !pod.deleting;

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
