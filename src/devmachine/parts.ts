/** What a machine is made of in the cluster, each object reduced to what its status needs. */
export interface MachineParts {
  /** The kinds that we cannot see, for want of a permission: nothing is known of them. */
  readonly unknown: readonly string[];
}

export const NO_PARTS: MachineParts = { unknown: [] };
