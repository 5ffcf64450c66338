import { KIND } from '../../devmachine/schema/manifest.ts';
import type { DependentKind, WatchedDependent } from '../../devmachine/status/dependents.ts';
import { toCertificate } from './certificate.ts';
import { toDeployment } from './deployment.ts';
import { toEndpointSlice } from './endpoint-slice.ts';
import { CHANGE_REFUSED, toEvent } from './event.ts';
import { toIngress } from './ingress.ts';
import { toIngressClass } from './ingress-class.ts';
import type { Interner } from './intern.ts';
import { MACHINE_LABEL } from './metadata.ts';
import { toPod } from './pod.ts';
import { toPvc } from './pvc.ts';
import { toResourceQuota } from './resource-quota.ts';

/** One list and watch of a kind that machines depend on. docs/status.md lists the permissions that they need. */
export interface WatchedResource {
  readonly kind: DependentKind;
  /** Whether its objects belong to no namespace, so that they are watched once, whatever the namespaces. */
  readonly clusterScoped?: boolean;
  /** Whether its objects are events of pods. Only those of machines' pods are kept. */
  readonly ofPods?: boolean;
  readonly path: (namespace: string | undefined) => string;
  readonly selectors?: Readonly<Record<string, string>>;
  readonly transform: (object: unknown, interner: Interner) => WatchedDependent;
}

const collection = (group: string, plural: string) => (namespace: string | undefined) =>
  namespace ? `${group}/namespaces/${namespace}/${plural}` : `${group}/${plural}`;

/** The objects that the chart labels with the name of their machine. */
const labeled = (
  kind: DependentKind,
  group: string,
  plural: string,
  transform: WatchedResource['transform'],
): WatchedResource => ({
  kind,
  path: collection(group, plural),
  selectors: { labelSelector: MACHINE_LABEL },
  transform,
});

/** Events have no label, and there are many: watch only those that a reason depends on. */
const events = (involved: string, reason: string, type: string): WatchedResource => ({
  kind: 'Event',
  path: collection('/api/v1', 'events'),
  ofPods: involved === 'Pod',
  selectors: { fieldSelector: `involvedObject.kind=${involved},reason=${reason},type=${type}` },
  transform: toEvent,
});

export const WATCHED_RESOURCES: readonly WatchedResource[] = [
  labeled('Deployment', '/apis/apps/v1', 'deployments', toDeployment),
  labeled('Pod', '/api/v1', 'pods', toPod),
  labeled('PersistentVolumeClaim', '/api/v1', 'persistentvolumeclaims', toPvc),
  // All of them, because anybody's Ingress may have the host of a machine.
  { kind: 'Ingress', path: collection('/apis/networking.k8s.io/v1', 'ingresses'), transform: toIngress },
  {
    kind: 'IngressClass',
    clusterScoped: true,
    path: () => '/apis/networking.k8s.io/v1/ingressclasses',
    transform: toIngressClass,
  },
  labeled('Certificate', '/apis/cert-manager.io/v1', 'certificates', toCertificate),
  labeled('EndpointSlice', '/apis/discovery.k8s.io/v1', 'endpointslices', toEndpointSlice),
  events('Pod', 'FailedMount', 'Warning'),
  events('Pod', 'FailedAttachVolume', 'Warning'),
  events('Pod', 'Pulling', 'Normal'),
  events(KIND, CHANGE_REFUSED, 'Warning'),
  {
    kind: 'ResourceQuota',
    path: collection('/api/v1', 'resourcequotas'),
    transform: toResourceQuota,
  },
];
