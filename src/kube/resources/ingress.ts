import type { Ingress } from '../../devmachine/status/dependents.ts';
import { internList } from './intern.ts';
import { type Metadata, ownerUid, toDependent } from './metadata.ts';

interface IngressObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly rules?: readonly { readonly host?: string }[];
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
  };
}

export function toIngress(object: unknown): Ingress {
  const { metadata, spec } = object as IngressObject;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'Ingress',
    metadata,
  );
  return {
    kind,
    namespace,
    name,
    uid,
    resourceVersion,
    machine,
    createdAt,
    deleting,
    ownerUid: ownerUid(metadata),
    hosts: internList((spec.rules ?? []).flatMap(({ host }) => host ?? [])),
    tlsHosts: internList((spec.tls ?? []).flatMap(({ hosts = [] }) => hosts)),
  };
}
