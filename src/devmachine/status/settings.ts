/** What an administrator says about the cluster, for what the objects in it do not tell. */
export interface StatusSettings {
  /** Whether a machine is Running only when the ingress controller has reported an address in the status of its Ingress. */
  readonly ingressStatus: (typeof INGRESS_STATUSES)[number];
  /** Names of IngressClasses whose controllers never report an address. */
  readonly ingressStatusIgnoredClasses: readonly string[];
}

export const INGRESS_STATUSES = ['required', 'ignored'] as const;
