import type { Phase } from '../../../src/devmachine/status/phases.ts';
import type { Reason } from '../../../src/devmachine/status/reasons.ts';
import type { Owner, Raw } from '../objects.ts';
import * as object from '../objects.ts';

/** A state of a machine's objects and what the status must say of it. */
export interface Scenario {
  readonly reason: Reason;
  readonly phase: Phase;
  /** By what it comes about. */
  readonly how: string;
  /** What the message says of it. */
  readonly says: RegExp;
  readonly spec?: object;
  /** The operator's conditions. */
  readonly conditions?: readonly object[];
  readonly finalizers?: readonly string[];
  readonly delete?: true;
  /** In the order in which they are made. */
  readonly objects: (owner: Owner) => readonly Raw[];
  /** Names of pods whose end is asked for. */
  readonly ending?: (owner: Owner) => readonly string[];
}

/** With a Deployment that has followed the spec. */
export const deployed =
  (...make: ((owner: Owner) => Raw)[]) =>
  (owner: Owner): Raw[] => [object.deployment(owner), ...make.map((one) => one(owner))];

/** With a pod in which the machine's container is in this state. */
export const machineIs = (machine: object, ...make: ((owner: Owner) => Raw)[]) =>
  deployed((owner) => object.pod(owner, { machine }), ...make);

export const notPlaced = (reason: string, message: string) => (owner: Owner) =>
  object.pod(owner, { node: null, conditions: [object.condition('PodScheduled', 'False', reason, message)] });
