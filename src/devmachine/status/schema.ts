import { Type } from '@sinclair/typebox';
import { DevMachineSpec } from '../schema/spec.ts';
import { stringEnum } from '../schema/typebox.ts';
import { DEPENDENT_KINDS } from './dependents.ts';
import { PHASES } from './phases.ts';
import { REASON_NAMES } from './reasons.ts';

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

const PodResource = Type.Object(
  {
    name: Type.String({ description: 'Name of the pod.' }),
    phase: Type.String({ description: "The cluster's word for it: Pending, Running, Succeeded, Failed." }),
    ready: Type.Boolean({ description: 'Whether all its containers are ready.' }),
    restarts: Type.Integer({ description: 'How often its containers were restarted.' }),
    node: Type.Optional(Type.String({ description: 'The node that it is on.' })),
    createdAt: Type.String({ description: 'When it was made (RFC 3339).' }),
    deleting: Type.Boolean({ description: 'Whether it is ending.' }),
  },
  { description: 'A pod of the machine.' },
);

const DiskResource = Type.Object(
  {
    name: Type.String({ description: 'Name of the PersistentVolumeClaim.' }),
    phase: Type.String({ description: 'Pending, Bound or Lost.' }),
    size: Type.String({ description: 'What it holds; before it is bound, what it asks for.' }),
    storageClassName: Type.Optional(Type.String({ description: 'Its StorageClass.' })),
    deleting: Type.Boolean({ description: 'Whether it is being deleted.' }),
  },
  { description: "The machine's disk, kept from an earlier machine of the name or its own." },
);

const IngressResource = Type.Object(
  {
    name: Type.String({ description: 'Name of the Ingress.' }),
    hosts: Type.Array(Type.String(), { description: 'The host names that it serves.' }),
    tls: Type.Boolean({ description: 'Whether it has a certificate for its hosts.' }),
    deleting: Type.Boolean({ description: 'Whether it is being deleted.' }),
  },
  { description: "The machine's Ingress." },
);

const Resources = Type.Object(
  {
    pods: Type.Array(PodResource, { description: 'Its pods, those that are ending too.' }),
    disk: Type.Optional(DiskResource),
    ingress: Type.Optional(IngressResource),
    unknown: Type.Array(stringEnum(DEPENDENT_KINDS, { description: 'A kind of object.' }), {
      description: 'The kinds that the service may not read: of these nothing is known.',
    }),
  },
  { description: 'What the machine is made of in the cluster.' },
);

/** Set by whoever answers: the status itself does not know how old it is. */
export const StaleSince = Type.String({
  description:
    'Only while the cluster has not been heard of for over 10 s: until when the service knows that it was so (RFC 3339).',
});

/** What a machine is and what it is doing. */
export const MachineStatus = Type.Object(
  {
    name: Type.String({ description: 'Name of the machine.' }),
    namespace: Type.String({ description: 'Namespace of the machine.' }),
    uid: Type.String({ description: 'Tells this machine from an earlier one of the same name.' }),
    generation: Type.Integer({ description: 'Counts the changes of spec.' }),
    phase: stringEnum(PHASES, { description: 'What the machine is doing, in one word.' }),
    ready: Type.Boolean({ description: 'Whether it can be used: true in the phase Running alone.' }),
    reason: stringEnum(REASON_NAMES, {
      description: 'Why it is in this phase: one of a closed list, which docs/status.md explains.',
    }),
    message: Type.String({ description: 'What is the matter, for people.' }),
    hint: Type.String({ description: 'What to do about it, for people.' }),
    since: Type.String({
      description: 'Since when, as far as the objects of the cluster tell (RFC 3339).',
    }),
    url: Type.Optional(
      Type.String({
        description: 'Where it is reached; only while it is Running, and has an ingressDomain.',
      }),
    ),
    spec: DevMachineSpec,
    conditions: Type.Array(Condition, {
      description: "The operator's conditions; empty before it has seen the machine.",
    }),
    resources: Resources,
    restarts: Type.Integer({ description: 'How often the containers of the present pod were restarted.' }),
    deleting: Type.Boolean({ description: 'true from the request to delete it until it is gone.' }),
    staleSince: Type.Optional(StaleSince),
  },
  { description: 'The status of a machine.' },
);
