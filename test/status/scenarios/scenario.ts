import type { Phase } from '../../../src/devmachine/status/phases.ts';
import type { Reason } from '../../../src/devmachine/status/reasons.ts';
import type { Owner, Raw } from '../objects.ts';
import * as object from '../objects.ts';

/** A state of a machine's objects, and the status that it must lead to. */
export interface Scenario {
  readonly reason: Reason;
  readonly phase: Phase;
  /** What puts the objects in this state. */
  readonly cause: string;
  /** Matches the message of the status. */
  readonly message: RegExp;
  readonly spec?: object;
  /** Whether the status has a URL. By default, it has if the machine is Running and has an ingressDomain. */
  readonly url?: boolean;
  /** Matches the hint, where it is not the reason's. */
  readonly hint?: RegExp;
  /** The operator's conditions. */
  readonly conditions?: readonly object[];
  readonly finalizers?: readonly string[];
  readonly delete?: true;
  /** The objects, in the order in which they are created. */
  readonly objects: (owner: Owner) => readonly Raw[];
  /** Names of pods whose deletion is requested. */
  readonly terminating?: (owner: Owner) => readonly string[];
}

/** Objects after a Deployment that was rendered from the spec. */
export const deployed =
  (...make: ((owner: Owner) => Raw)[]) =>
  (owner: Owner): Raw[] => [object.deployment(owner), ...make.map((one) => one(owner))];

/** Objects with a pod whose container `machine` is in this state. */
export const machineIs = (machine: object, ...make: ((owner: Owner) => Raw)[]) =>
  deployed((owner) => object.pod(owner, { machine }), ...make);

export const unscheduled = (reason: string, message: string) => (owner: Owner) =>
  object.pod(owner, { node: null, conditions: [object.condition('PodScheduled', 'False', reason, message)] });

export const starting = (reason: Reason, cause: string, message: RegExp, objects: Scenario['objects']) =>
  ({ reason, phase: 'Starting', cause, message, objects }) as const;

export const failing = (reason: Reason, cause: string, message: RegExp, objects: Scenario['objects']) =>
  ({ reason, phase: 'Failed', cause, message, objects }) as const;

/** Whether the status must have a URL. */
export const hasUrl = ({ url, phase, spec = {} }: Scenario): boolean =>
  url ?? (phase === 'Running' && 'ingressDomain' in spec);
