import type { EventPart, MachinePart, PartKind } from '../../devmachine/status/dependents.ts';
import { toDeploymentPart } from './deployment.ts';
import { toEndpointSlicePart } from './endpoint-slice.ts';
import { toEventPart } from './event.ts';
import { toIngressPart } from './ingress.ts';
import { MACHINE_LABEL } from './metadata.ts';
import { toPodPart } from './pod.ts';
import { toClaimPart } from './pvc.ts';

/** One list and watch; docs/status.md names the rights that they need. */
export interface Source {
  readonly kind: PartKind;
  readonly path: (namespace: string | undefined) => string;
  readonly query: Readonly<Record<string, string>>;
  readonly reduce: (object: unknown) => MachinePart | EventPart;
}

const paths = (group: string, plural: string) => (namespace: string | undefined) =>
  namespace ? `${group}/namespaces/${namespace}/${plural}` : `${group}/${plural}`;

const labelled = (kind: PartKind, group: string, plural: string, reduce: Source['reduce']): Source => ({
  kind,
  path: paths(group, plural),
  query: { labelSelector: MACHINE_LABEL },
  reduce,
});

/** Of the events those alone without which a reason could not be told: they have no label, and are many. */
const events = (reason: string, type: string): Source => ({
  kind: 'Event',
  path: paths('/api/v1', 'events'),
  query: { fieldSelector: `involvedObject.kind=Pod,reason=${reason},type=${type}` },
  reduce: toEventPart,
});

export const SOURCES: readonly Source[] = [
  labelled('Deployment', '/apis/apps/v1', 'deployments', toDeploymentPart),
  labelled('Pod', '/api/v1', 'pods', toPodPart),
  labelled('PersistentVolumeClaim', '/api/v1', 'persistentvolumeclaims', toClaimPart),
  labelled('Ingress', '/apis/networking.k8s.io/v1', 'ingresses', toIngressPart),
  labelled('EndpointSlice', '/apis/discovery.k8s.io/v1', 'endpointslices', toEndpointSlicePart),
  events('FailedMount', 'Warning'),
  events('FailedAttachVolume', 'Warning'),
  events('Pulling', 'Normal'),
];
