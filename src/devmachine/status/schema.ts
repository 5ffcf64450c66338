import { Type } from '@sinclair/typebox';
import { DevMachineSpec } from '../schema/spec.ts';
import { stringEnum } from '../schema/typebox.ts';
import { DEPENDENT_KINDS } from './dependents.ts';
import { PHASES } from './phases.ts';
import { REASON_NAMES } from './reasons.ts';

const Condition = Type.Object(
  {
    type: Type.String({ description: 'Type of the condition, such as Deployed.' }),
    status: Type.String({ description: 'True, False or Unknown.' }),
    reason: Type.Optional(Type.String({ description: 'Machine-readable reason for the status.' })),
    message: Type.Optional(Type.String({ description: 'Explanation for people.' })),
    lastTransitionTime: Type.Optional(
      Type.String({ description: 'When the status last changed (RFC 3339).' }),
    ),
  },
  { description: 'A condition that the operator reports.' },
);

const PodResource = Type.Object(
  {
    name: Type.String({ description: 'Name of the pod.' }),
    phase: Type.String({ description: 'Phase of the pod: Pending, Running, Succeeded, Failed or Unknown.' }),
    ready: Type.Boolean({ description: 'Whether the pod is ready.' }),
    restarts: Type.Integer({ description: 'How often its containers have been restarted.' }),
    node: Type.Optional(Type.String({ description: 'Node that the pod runs on.' })),
    createdAt: Type.String({ description: 'When the pod was created (RFC 3339).' }),
    deleting: Type.Boolean({ description: 'Whether the pod is terminating.' }),
  },
  { description: 'A pod of the machine.' },
);

const DiskResource = Type.Object(
  {
    name: Type.String({ description: 'Name of the PersistentVolumeClaim.' }),
    phase: Type.String({ description: 'Phase of the claim: Pending, Bound or Lost.' }),
    size: Type.String({ description: 'Capacity of the disk; the requested size until the claim is bound.' }),
    storageClassName: Type.Optional(Type.String({ description: 'StorageClass of the disk.' })),
    deleting: Type.Boolean({ description: 'Whether it is being deleted.' }),
  },
  { description: "The machine's disk. It may have been kept from an earlier machine of the same name." },
);

const IngressResource = Type.Object(
  {
    name: Type.String({ description: 'Name of the Ingress.' }),
    hosts: Type.Array(Type.String(), { description: 'Host names that the Ingress serves.' }),
    tls: Type.Boolean({ description: 'Whether the Ingress has a certificate for all its hosts.' }),
    deleting: Type.Boolean({ description: 'Whether it is being deleted.' }),
  },
  { description: "The machine's Ingress." },
);

const Resources = Type.Object(
  {
    pods: Type.Array(PodResource, { description: 'Pods of the machine, including terminating ones.' }),
    disk: Type.Optional(DiskResource),
    ingress: Type.Optional(IngressResource),
    unknown: Type.Array(stringEnum(DEPENDENT_KINDS, { description: 'A kind of Kubernetes object.' }), {
      description: 'Kinds that the backend may not read. Objects of these kinds are missing from the status.',
    }),
  },
  { description: 'Kubernetes objects of the machine.' },
);

/** Added when a response is sent: a status document does not depend on the clock. */
export const StaleSince = Type.String({
  description:
    'Present only if the backend has not heard from the cluster for more than 10 s: the time at which the status was last known to be current (RFC 3339).',
});

/** The status document of a machine: its spec, what it is doing and why. */
export const MachineStatus = Type.Object(
  {
    name: Type.String({ description: 'Name of the machine.' }),
    namespace: Type.String({ description: 'Namespace of the machine.' }),
    uid: Type.String({ description: 'Unique id. A later machine of the same name has another one.' }),
    generation: Type.Integer({
      description: 'Increases with each change of the spec.',
    }),
    phase: stringEnum(PHASES, { description: 'What the machine is doing.' }),
    ready: Type.Boolean({ description: 'Whether the machine is usable: true only in the phase Running.' }),
    reason: stringEnum(REASON_NAMES, {
      description: 'Why the machine is in this phase. docs/status.md explains each reason.',
    }),
    message: Type.String({ description: 'What is happening, for people.' }),
    hint: Type.String({ description: 'What to do about it, for people.' }),
    since: Type.String({
      description: 'Since when the reason has applied, according to the objects in the cluster (RFC 3339).',
    }),
    url: Type.Optional(
      Type.String({
        description:
          'URL of the machine. Present only if somebody serves it: the machine is Running and has an ingressDomain, or a change has failed and the machine still answers at its former host. It has a port if the Ingress reports a single TCP port in its status that is not the default of the scheme.',
      }),
    ),
    spec: DevMachineSpec,
    conditions: Type.Array(Condition, {
      description:
        'Conditions that the operator reports; empty until the operator has processed the machine.',
    }),
    resources: Resources,
    restarts: Type.Integer({
      description: 'How often the containers of the current pod have been restarted.',
    }),
    restartPending: Type.Boolean({
      description:
        "Whether the next start or restart changes more than the spec says: the administrator's settings or the chart have changed since the machine was started.",
    }),
    deleting: Type.Boolean({ description: 'Whether deletion of the machine has been requested.' }),
    staleSince: Type.Optional(StaleSince),
  },
  { description: 'The status of a machine.' },
);
