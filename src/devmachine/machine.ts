import type { DevMachineSpec } from './schema/spec.ts';

/** A DevMachine with only the fields that responses need. The cache shares it with all readers, so it is immutable. */
export interface Machine {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** RFC 3339. */
  readonly creationTimestamp: string;
  readonly deleting: boolean;
  readonly deletionTimestamp: string | undefined;
  readonly finalizers: readonly string[];
  readonly spec: DevMachineSpec;
  /** When the spec was last changed (RFC 3339). */
  readonly specChangedAt: string;
  readonly conditions: readonly Condition[];
}

/** A condition of the operator, as in the Kubernetes API conventions (metav1.Condition). */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}
