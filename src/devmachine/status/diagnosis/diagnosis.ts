import type { Machine } from '../../machine.ts';
import type { Dependents, Deployment, Pod } from '../dependents.ts';
import type { Phase } from '../phases.ts';
import type { MessageParams } from '../reasons/reason.ts';
import { REASONS, type Reason } from '../reasons.ts';
import type { StatusSettings } from '../settings.ts';

/** What a machine is doing, and why. */
export interface Diagnosis {
  readonly phase: Phase;
  readonly reason: Reason;
  readonly message: string;
  readonly hint: string;
  /** RFC 3339. Taken from the objects, never from the clock, so that equal objects give equal documents. */
  readonly since: string;
}

/** The input of a diagnosis: a machine, its dependents and the administrator's settings. */
export interface DiagnosisContext {
  readonly machine: Machine;
  readonly dependents: Dependents;
  readonly settings: StatusSettings;
  readonly deployment: Deployment | undefined;
  /** The pod that counts: the newest one that is alive, or else the newest one. */
  readonly pod: Pod | undefined;
}

type PhaseOf<R extends Reason> = (typeof REASONS)[R]['phases'][number];

/** A diagnosis with the texts of its reason. The compiler checks that the reason allows the phase. */
export function toDiagnosis<R extends Reason>(
  reason: R,
  phase: PhaseOf<R>,
  since: string,
  params: MessageParams = {},
): Diagnosis {
  const { message, hint } = REASONS[reason];
  return { phase, reason, message: message(params), hint: params.hint ?? hint, since };
}

export function toContext(
  machine: Machine,
  dependents: Dependents,
  settings: StatusSettings,
): DiagnosisContext {
  const deployment = dependents.deployments.find(
    // A watch that lags behind can still have the Deployment of an earlier machine of the same name.
    ({ name, ownerUid }) => name === machine.name && (ownerUid === undefined || ownerUid === machine.uid),
  );
  const pods = dependents.pods.filter(({ createdAt }) => !deployment || createdAt >= deployment.createdAt);
  return { machine, dependents, settings, deployment, pod: podThatCounts(pods) };
}

/** The newest pod that is alive, or else the newest one. */
export const podThatCounts = (pods: readonly Pod[]): Pod | undefined => pods.toSorted(byRelevance)[0];

/** Whether a pod runs or will run. An evicted pod, for example, remains only as a record. */
export const isAlive = ({ phase }: Pod): boolean => phase !== 'Failed' && phase !== 'Succeeded';

/** Pods that will stay come first, then newer ones. The name makes the order total. */
const byRelevance = (one: Pod, other: Pod): number =>
  Number(willStay(other)) - Number(willStay(one)) ||
  compare(other.createdAt, one.createdAt) ||
  compare(other.name, one.name);

const willStay = (pod: Pod): boolean => isAlive(pod) && !pod.deleting;

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
