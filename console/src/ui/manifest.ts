import type { MachineSpec, Manifest } from '../../../client/index.ts';

/** A machine as people write it in YAML. */
export const manifestOf = (name: string, namespace: string | undefined, spec: MachineSpec): Manifest => ({
  apiVersion: 'ide.example.com/v1alpha1',
  kind: 'DevMachine',
  metadata: { name, ...(namespace ? { namespace } : {}) },
  spec,
});
