import type { IngressPart } from '../../devmachine/status/dependents.ts';
import { shareList } from './intern.ts';
import { type Metadata, ownerUid, toPart } from './metadata.ts';

interface IngressObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly rules?: readonly { readonly host?: string }[];
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
  };
}

export function toIngressPart(object: unknown): IngressPart {
  const { metadata, spec } = object as IngressObject;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toPart(
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
    hosts: shareList((spec.rules ?? []).flatMap(({ host }) => host ?? [])),
    tlsHosts: shareList((spec.tls ?? []).flatMap(({ hosts = [] }) => hosts)),
  };
}
