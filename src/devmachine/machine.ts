import type { DevMachineSpec } from './schema/spec.ts';

/** A DevMachine of the cluster, reduced to what answers need. Shared by all readers: nobody changes one. */
export interface Machine {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly deleting: boolean;
  readonly deletionTimestamp: string | undefined;
  readonly finalizers: readonly string[];
  readonly spec: DevMachineSpec;
  /** When somebody last changed the spec. */
  readonly specChangedAt: string;
  readonly conditions: readonly Condition[];
}

/** A condition of Kubernetes' conventions, as the operator writes them. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}
