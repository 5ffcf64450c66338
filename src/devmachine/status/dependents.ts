import type { Container } from './container.ts';

/**
 * The dependents of a machine: the Kubernetes objects that the chart and its controllers create for it. Each type holds
 * only the fields that the status needs, and no Secret, variable or command.
 */

export const DEPENDENT_KINDS = [
  'Deployment',
  'Pod',
  'PersistentVolumeClaim',
  'Ingress',
  'IngressClass',
  'Certificate',
  'EndpointSlice',
  'Event',
  'ResourceQuota',
] as const;

export type DependentKind = (typeof DEPENDENT_KINDS)[number];

export interface Dependent {
  readonly kind: DependentKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Name of the machine that it belongs to: the value of the label ide.example.com/devmachine; empty without the label. */
  readonly machine: string;
  readonly createdAt: string;
  readonly deleting: boolean;
}

/** A condition in an object's status. `since` is its lastTransitionTime (RFC 3339). */
export interface ConditionState {
  readonly isTrue: boolean;
  readonly reason: string;
  readonly message: string;
  readonly since: string;
}

export interface Deployment extends Dependent {
  readonly kind: 'Deployment';
  /** The uid of the DevMachine that owns it. An earlier machine of the same name had another uid. */
  readonly ownerUid: string | undefined;
  /** What authenticates users of its pods: password, proxy or own (the user's process); undefined with version 0.1.0 of the chart. */
  readonly guard: string | undefined;
  /** The digest of the spec that it was rendered from; see spec-digest.ts. */
  readonly specDigest: string | undefined;
  /** Whether a restart would change the pod template, because of the administrator's settings or the chart. */
  readonly restartPending: boolean;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly desiredReplicas: number;
  readonly replicas: number;
  /** Pods of the current pod template. Terminating pods do not count. */
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  /** The condition ReplicaFailure: why a pod could not be created. */
  readonly failure: ConditionState | undefined;
}

export interface Pod extends Dependent {
  readonly kind: 'Pod';
  /** When its deletion was requested (RFC 3339). */
  readonly terminatingSince: string | undefined;
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  readonly node: string | undefined;
  readonly scheduled: ConditionState | undefined;
  readonly ready: ConditionState | undefined;
  /** The condition PodReadyToStartContainers: its volumes are mounted and it has a network. */
  readonly readyToStartContainers: boolean;
  /** The condition DisruptionTarget: node pressure, a drain or preemption is about to end the pod. */
  readonly disruption: ConditionState | undefined;
  /** In the order in which they start: the init containers, then the container of the machine. */
  readonly containers: readonly Container[];
}

export interface Pvc extends Dependent {
  readonly kind: 'PersistentVolumeClaim';
  readonly phase: string;
  /** A Kubernetes quantity: the capacity if the claim is bound, otherwise the request. */
  readonly size: string;
  /** The size that its spec requests, a quantity too. It is more than `size` while the volume is being expanded. */
  readonly requestedSize: string;
  readonly storageClassName: string | undefined;
}

/** An Ingress of a machine, or of anybody else: of those, only the fields up to `hosts` are kept. */
export interface Ingress extends Dependent {
  readonly kind: 'Ingress';
  readonly ownerUid: string | undefined;
  /** `spec.ingressClassName`. */
  readonly className: string | undefined;
  /** The class in the annotation kubernetes.io/ingress.class, which needs no IngressClass to exist. */
  readonly annotatedClass: string | undefined;
  /** The hosts whose path `/` it routes. */
  readonly hosts: readonly string[];
  /** The hosts that have a certificate. */
  readonly tlsHosts: readonly string[];
  /** Whether its ingress controller has reported an address (`status.loadBalancer`). */
  readonly hasAddress: boolean;
  /** The TCP port that its ingress controller has reported; undefined if it has reported none, or several. */
  readonly port: number | undefined;
  /** Name of the Certificate, and of its Secret, if cert-manager issues it for this Ingress. */
  readonly certificate: string | undefined;
}

/** Belongs to the cluster: its namespace is empty. */
export interface IngressClass extends Omit<Dependent, 'machine'> {
  readonly kind: 'IngressClass';
  /** Whether it is the class of Ingresses that name none. */
  readonly isDefault: boolean;
}

/** A Certificate of cert-manager. Its ingress-shim copies the labels of the Ingress to it, so it has the machine's label. */
export interface Certificate extends Dependent {
  readonly kind: 'Certificate';
  readonly hosts: readonly string[];
  /** The condition Ready; undefined until cert-manager has reported about the current spec of the Certificate. */
  readonly ready: ConditionState | undefined;
}

export interface EndpointSlice extends Dependent {
  readonly kind: 'EndpointSlice';
  readonly endpoints: readonly { readonly ready: boolean; readonly podUid: string | undefined }[];
}

/** An event about a pod. Events have no label: the pod's uid leads to the machine. */
export interface PodEvent extends Omit<Dependent, 'machine'> {
  readonly kind: 'Event';
  readonly podUid: string;
  readonly reason: string;
  readonly message: string;
  /** Name of the container that it is about, if any. */
  readonly container: string | undefined;
  /** RFC 3339. */
  readonly lastSeen: string;
}

/** The event in which the reporter (src/reporter) says why a change of a machine was refused. */
export interface RefusalEvent extends Dependent {
  readonly kind: 'Event';
  readonly machineUid: string;
  /** The words of the cluster. */
  readonly message: string;
  /** The digest of the spec that was refused; see spec-digest.ts. */
  readonly specDigest: string | undefined;
}

/** Quotas have no label: all quotas of the machine's namespace count. */
export interface ResourceQuota extends Omit<Dependent, 'machine'> {
  readonly kind: 'ResourceQuota';
  /** Empty until the controller has counted for the first time. */
  readonly limits: readonly QuotaLimit[];
}

export interface QuotaLimit {
  /** Such as limits.cpu or count/ingresses.networking.k8s.io. */
  readonly resource: string;
  /** Kubernetes quantities. */
  readonly hard: string;
  readonly used: string;
}

/** The dependents that have the label of their machine. Of Ingresses, those of others are watched too. */
export type LabeledDependent = Deployment | Pod | Pvc | Ingress | Certificate | EndpointSlice;

/** Everything that is watched besides machines. */
export type WatchedDependent = LabeledDependent | IngressClass | PodEvent | RefusalEvent | ResourceQuota;

export interface Dependents {
  readonly deployments: readonly Deployment[];
  readonly pods: readonly Pod[];
  readonly pvcs: readonly Pvc[];
  readonly ingresses: readonly Ingress[];
  readonly certificates: readonly Certificate[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly events: readonly PodEvent[];
  readonly refusals: readonly RefusalEvent[];
  readonly quotas: readonly ResourceQuota[];
  /** Every Ingress with a host of the machine's spec or Ingress, of anybody in any watched namespace. */
  readonly ingressesWithHost: readonly Ingress[];
  /** Every IngressClass of the cluster. */
  readonly ingressClasses: readonly IngressClass[];
  /** The kinds that the backend may not read. The lists of these kinds are empty. */
  readonly unknown: readonly DependentKind[];
  /** The kinds that the cluster does not serve, because their CRD is not installed. */
  readonly notServed: readonly DependentKind[];
}

/** Name of the machine's PersistentVolumeClaim (`devmachine.diskName` in the chart's _names.tpl). */
export const diskName = (machine: string): string => `${machine}-disk`;
