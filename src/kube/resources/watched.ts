import type { DependentKind, LabeledDependent, PodEvent } from '../../devmachine/status/dependents.ts';
import { toDeployment } from './deployment.ts';
import { toEndpointSlice } from './endpoint-slice.ts';
import { toPodEvent } from './event.ts';
import { toIngress } from './ingress.ts';
import { MACHINE_LABEL } from './metadata.ts';
import { toPod } from './pod.ts';
import { toPvc } from './pvc.ts';

/** One list and watch; docs/status.md names the rights that they need. */
export interface WatchedResource {
  readonly kind: DependentKind;
  readonly path: (namespace: string | undefined) => string;
  readonly query: Readonly<Record<string, string>>;
  readonly transform: (object: unknown) => LabeledDependent | PodEvent;
}

const paths = (group: string, plural: string) => (namespace: string | undefined) =>
  namespace ? `${group}/namespaces/${namespace}/${plural}` : `${group}/${plural}`;

const labeled = (
  kind: DependentKind,
  group: string,
  plural: string,
  transform: WatchedResource['transform'],
): WatchedResource => ({
  kind,
  path: paths(group, plural),
  query: { labelSelector: MACHINE_LABEL },
  transform,
});

/** Of the events those alone without which a reason could not be told: they have no label, and are many. */
const events = (reason: string, type: string): WatchedResource => ({
  kind: 'Event',
  path: paths('/api/v1', 'events'),
  query: { fieldSelector: `involvedObject.kind=Pod,reason=${reason},type=${type}` },
  transform: toPodEvent,
});

export const WATCHED_RESOURCES: readonly WatchedResource[] = [
  labeled('Deployment', '/apis/apps/v1', 'deployments', toDeployment),
  labeled('Pod', '/api/v1', 'pods', toPod),
  labeled('PersistentVolumeClaim', '/api/v1', 'persistentvolumeclaims', toPvc),
  labeled('Ingress', '/apis/networking.k8s.io/v1', 'ingresses', toIngress),
  labeled('EndpointSlice', '/apis/discovery.k8s.io/v1', 'endpointslices', toEndpointSlice),
  events('FailedMount', 'Warning'),
  events('FailedAttachVolume', 'Warning'),
  events('Pulling', 'Normal'),
];
