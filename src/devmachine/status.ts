import { type Static, Type } from '@sinclair/typebox';
import type { Machine } from './machine.ts';
import type { MachineParts } from './parts.ts';
import { DevMachineSpec } from './spec.ts';

const Condition = Type.Object(
  {
    type: Type.String({ description: 'What the condition is about, such as Deployed.' }),
    status: Type.String({ description: 'True, False or Unknown.' }),
    reason: Type.Optional(Type.String({ description: 'Why, in one word.' })),
    message: Type.Optional(Type.String({ description: 'Why, for people.' })),
    lastTransitionTime: Type.Optional(
      Type.String({ description: 'When the status last changed (RFC 3339).' }),
    ),
  },
  { description: 'One of the conditions that the operator reports.' },
);

/** What a machine is and what it is doing. */
export const MachineStatus = Type.Object(
  {
    name: Type.String({ description: 'Name of the machine.' }),
    namespace: Type.String({ description: 'Namespace of the machine.' }),
    uid: Type.String({ description: 'Tells this machine from an earlier one of the same name.' }),
    generation: Type.Integer({ description: 'Counts the changes of spec.' }),
    spec: DevMachineSpec,
    conditions: Type.Array(Condition, {
      description: "The operator's conditions; empty before it has seen the machine.",
    }),
    deleting: Type.Boolean({ description: 'true from the request to delete it until it is gone.' }),
  },
  { description: 'The status of a machine.' },
);

export type MachineStatus = Static<typeof MachineStatus>;

export function toStatus(
  { name, namespace, uid, generation, spec, conditions, deleting }: Machine,
  _parts: MachineParts,
): MachineStatus {
  return { name, namespace, uid, generation, spec, conditions: [...conditions], deleting };
}
