import type { IngressPart } from '../../devmachine/parts.ts';
import { share } from '../share.ts';
import { type Metadata, ownerUid, toPart } from './meta.ts';

interface IngressObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly rules?: readonly { readonly host?: string }[];
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
  };
}

export function toIngressPart(object: unknown): IngressPart {
  const { metadata, spec } = object as IngressObject;
  return {
    ...toPart('Ingress', { metadata }),
    ownerUid: ownerUid(metadata),
    hosts: (spec.rules ?? []).flatMap(({ host }) => share(host) ?? []),
    tlsHosts: (spec.tls ?? []).flatMap(({ hosts = [] }) => hosts.map((host) => share(host))),
  };
}
