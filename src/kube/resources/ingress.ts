import type { Ingress } from '../../devmachine/status/dependents.ts';
import type { Interner } from './intern.ts';
import { type Metadata, ownerUid, toDependent } from './metadata.ts';

interface IngressObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly rules?: readonly { readonly host?: string }[];
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
  };
}

export function toIngress(object: unknown, interner: Interner): Ingress {
  const { metadata, spec } = object as IngressObject;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'Ingress',
    metadata,
    interner,
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
    hosts: interner.list((spec.rules ?? []).flatMap(({ host }) => host ?? [])),
    tlsHosts: interner.list((spec.tls ?? []).flatMap(({ hosts = [] }) => hosts)),
  };
}
