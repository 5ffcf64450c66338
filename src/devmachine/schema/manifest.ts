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

/**
 * The field manager of all server-side applies. It must not change: a second manager would share the ownership of the
 * fields that the first one applied.
 */
export const FIELD_MANAGER = 'devmachine-api';

export const MachineName = Type.String({
  ...MACHINE_NAME,
  description: 'Name of the machine: lowercase letters, digits and dashes, starting with a letter.',
});

export const Namespace = Type.String({
  ...DNS_LABEL,
  minLength: 1,
  description: 'Namespace of the machine.',
});

/** A DevMachine in a request. */
export const DevMachineManifest = Type.Object(
  {
    apiVersion: stringEnum([API_VERSION], { description: 'API group and version.' }),
    kind: stringEnum([KIND], { description: 'Kind of the object.' }),
    metadata: Type.Object(
      { name: MachineName, namespace: Type.Optional(Namespace) },
      { additionalProperties: false, description: 'Identity of the machine.' },
    ),
    spec: DevMachineSpec,
  },
  { additionalProperties: false, description: 'A development machine in a request.' },
);

export type DevMachineManifest = Static<typeof DevMachineManifest>;

export interface MachineKey {
  readonly namespace: string;
  readonly name: string;
}

/** The object to apply: identity and spec only, because the API must not own any other field. */
export function toManifest({ namespace, name }: MachineKey, spec: Partial<DevMachineSpec>) {
  return { apiVersion: API_VERSION, kind: KIND, metadata: { namespace, name }, spec };
}

/** A DevMachine as the cluster stores it, with defaults. */
export const DevMachine = Type.Object(
  {
    apiVersion: stringEnum([API_VERSION], { description: 'API group and version.' }),
    kind: stringEnum([KIND], { description: 'Kind of the object.' }),
    metadata: Type.Object({
      name: Type.String({ description: 'Name of the machine.' }),
      namespace: Type.String({ description: 'Namespace of the machine.' }),
      uid: Type.String({ description: 'Unique id. A later machine of the same name has another one.' }),
      resourceVersion: Type.String({
        description: 'Opaque version of the object; it changes with every change.',
      }),
      generation: Type.Integer({ description: 'Increases with each change of the spec.' }),
      creationTimestamp: Type.String({ description: 'When the machine was created (RFC 3339).' }),
    }),
    spec: DevMachineSpec,
  },
  { description: 'A development machine as the cluster stores it, with defaults.' },
);

export type DevMachine = Static<typeof DevMachine>;

export function toDevMachine(machine: Machine): DevMachine {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, spec } = machine;
  const metadata = { name, namespace, uid, resourceVersion, generation, creationTimestamp };
  return { apiVersion: API_VERSION, kind: KIND, metadata, spec };
}
