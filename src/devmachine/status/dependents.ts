/** What a machine is made of in the cluster, each object reduced to what its status needs: no values, nothing secret. */

export const DEPENDENT_KINDS = [
  'Deployment',
  'Pod',
  'PersistentVolumeClaim',
  'Ingress',
  'EndpointSlice',
  'Event',
] as const;

export type DependentKind = (typeof DEPENDENT_KINDS)[number];

export interface Dependent {
  readonly kind: DependentKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Name of the machine that it belongs to: the value of its label. */
  readonly machine: string;
  readonly createdAt: string;
  readonly deleting: boolean;
}

/** A statement about an object, with the time since when it holds. */
export interface ConditionState {
  readonly isTrue: boolean;
  readonly reason: string;
  readonly message: string;
  readonly since: string;
}

export interface Deployment extends Dependent {
  readonly kind: 'Deployment';
  /** Of the DevMachine that owns it: an earlier machine of the same name had another. */
  readonly ownerUid: string | undefined;
  /** Of the spec that it was rendered from; see spec-digest.ts. */
  readonly specDigest: string | undefined;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly desiredReplicas: number;
  readonly replicas: number;
  /** Of the present template; pods that are ending do not count. */
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  /** Why no pod could be made. */
  readonly failure: ConditionState | undefined;
}

export interface Pod extends Dependent {
  readonly kind: 'Pod';
  /** When its end was asked for. */
  readonly terminatingSince: string | undefined;
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  readonly node: string | undefined;
  readonly scheduled: ConditionState | undefined;
  readonly ready: ConditionState | undefined;
  /** Its volumes are mounted and it has a network. */
  readonly readyToStartContainers: boolean;
  /** Somebody other than its owner ends it: the node's pressure, a drain, a more important pod. */
  readonly disruption: ConditionState | undefined;
  /** In the order in which they start: those that come first, then the machine's own. */
  readonly containers: readonly Container[];
}

export interface Termination {
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number;
  readonly finishedAt: string;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly init: boolean;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restarts: number;
  readonly state: 'waiting' | 'running' | 'terminated';
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number;
  /** When it began to run, or ended. */
  readonly since: string | undefined;
  /** How it ended before it was started again. */
  readonly lastTermination: Termination | undefined;
}

export interface Pvc extends Dependent {
  readonly kind: 'PersistentVolumeClaim';
  readonly phase: string;
  /** What it holds once it is bound, what it asks for before. */
  readonly size: string;
  readonly storageClassName: string | undefined;
}

export interface Ingress extends Dependent {
  readonly kind: 'Ingress';
  readonly ownerUid: string | undefined;
  readonly hosts: readonly string[];
  /** The hosts with a certificate. */
  readonly tlsHosts: readonly string[];
}

export interface EndpointSlice extends Dependent {
  readonly kind: 'EndpointSlice';
  readonly endpoints: readonly { readonly ready: boolean; readonly podUid: string | undefined }[];
}

/** What was said of a pod. It has no machine's label: the pod leads to the machine. */
export interface PodEvent extends Omit<Dependent, 'machine'> {
  readonly kind: 'Event';
  readonly podUid: string;
  readonly reason: string;
  readonly message: string;
  /** The container that it is about. */
  readonly container: string | undefined;
  /** When it was last seen. */
  readonly lastSeen: string;
}

/** What has the label of its machine. */
export type LabeledDependent = Deployment | Pod | Pvc | Ingress | EndpointSlice;

export interface Dependents {
  readonly deployments: readonly Deployment[];
  readonly pods: readonly Pod[];
  readonly pvcs: readonly Pvc[];
  readonly ingresses: readonly Ingress[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly events: readonly PodEvent[];
  /** Every Ingress that claims the machine's host, whosever it is. */
  readonly ingressesWithHost: readonly Ingress[];
  /** The kinds that we cannot see, for want of a permission: nothing is known of them. */
  readonly unknown: readonly DependentKind[];
}

export const NO_DEPENDENTS: Dependents = {
  deployments: [],
  pods: [],
  pvcs: [],
  ingresses: [],
  endpointSlices: [],
  events: [],
  ingressesWithHost: [],
  unknown: [],
};

export const diskName = (machine: string): string => `${machine}-disk`;
