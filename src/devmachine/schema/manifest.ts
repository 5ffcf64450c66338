import { type Static, Type } from '@sinclair/typebox';
import type { Machine } from '../machine.ts';
import { DNS_LABEL, MACHINE_NAME } from './formats.ts';
import { DevMachineSpec } from './spec.ts';
import { stringEnum } from './typebox.ts';

export const GROUP = 'ide.example.com';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}` as const;
export const KIND = 'DevMachine';
export const PLURAL = 'devmachines';

/** The field manager under which the API applies a machine's spec. Fixed: another one would share the ownership. */
export const FIELD_MANAGER = 'devmachine-api';

export const MachineName = Type.String({
  ...MACHINE_NAME,
  description: 'Name of the machine: lower-case letters, digits and dashes, beginning with a letter.',
});

export const Namespace = Type.String({
  ...DNS_LABEL,
  minLength: 1,
  description: 'Namespace of the machine.',
});

/** A DevMachine as its user writes it. */
export const DevMachineManifest = Type.Object(
  {
    apiVersion: stringEnum([API_VERSION], { description: 'Group and version of the kind.' }),
    kind: stringEnum([KIND], { description: 'The kind.' }),
    metadata: Type.Object(
      { name: MachineName, namespace: Type.Optional(Namespace) },
      { additionalProperties: false, description: 'Which machine.' },
    ),
    spec: DevMachineSpec,
  },
  { additionalProperties: false, description: 'A development machine, as its user writes it.' },
);

export type DevMachineManifest = Static<typeof DevMachineManifest>;

export interface MachineKey {
  readonly namespace: string;
  readonly name: string;
}

/** What is applied: the identity and the spec, and nothing else, so that nothing else is ever ours. */
export function toManifest({ namespace, name }: MachineKey, spec: Partial<DevMachineSpec>) {
  return { apiVersion: API_VERSION, kind: KIND, metadata: { namespace, name }, spec };
}

/** A DevMachine as the cluster stores it: with what it filled in. */
export const DevMachine = Type.Object(
  {
    apiVersion: stringEnum([API_VERSION], { description: 'Group and version of the kind.' }),
    kind: stringEnum([KIND], { description: 'The kind.' }),
    metadata: Type.Object({
      name: Type.String({ description: 'Name of the machine.' }),
      namespace: Type.String({ description: 'Namespace of the machine.' }),
      uid: Type.String({ description: 'Tells this machine from an earlier one of the same name.' }),
      resourceVersion: Type.String({ description: 'Changes with every change of the object; opaque.' }),
      generation: Type.Integer({ description: 'Counts the changes of spec.' }),
      creationTimestamp: Type.String({ description: 'When it was created (RFC 3339).' }),
    }),
    spec: DevMachineSpec,
  },
  { description: 'A development machine, as the cluster stores it: with its defaults filled in.' },
);

export type DevMachine = Static<typeof DevMachine>;

export function toDevMachine(machine: Machine): DevMachine {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, spec } = machine;
  const metadata = { name, namespace, uid, resourceVersion, generation, creationTimestamp };
  return { apiVersion: API_VERSION, kind: KIND, metadata, spec };
}
