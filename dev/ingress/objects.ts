import type { Stored } from '../../src/kube/cache/store.ts';
import { INGRESS_CLASS } from './ingress-class.ts';

/** What the relay keeps of the objects that it watches. */

export interface Ingress extends Stored {
  /** The machine that it belongs to; of an Ingress without that label, its own name. */
  readonly machine: string;
  readonly createdAt: string;
  /** Whether it has the class of this controller, or none. */
  readonly isOurs: boolean;
  /** Rules without a host, and default backends, are left out: the relay does not serve them. */
  readonly rules: readonly Rule[];
  /** `status.loadBalancer`. */
  readonly loadBalancer: unknown;
}

/** One path of a rule of an Ingress. */
export interface Rule {
  /** In lower case; `*.example.com` stands for one label before the domain. */
  readonly host: string;
  readonly path: string;
  readonly isExact: boolean;
  readonly service: string;
  /** Name or number of the port of the Service. */
  readonly port: string | number;
}

export interface Service extends Stored {
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

export interface EndpointSlice extends Stored {
  readonly service: string;
  /** The ports of the pods, by the names of the Service's ports. */
  readonly ports: ReadonlyMap<string, number>;
  /** Addresses of the ready endpoints. */
  readonly addresses: readonly string[];
}

interface Metadata extends Stored {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp: string;
}

interface IngressObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly ingressClassName?: string;
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: { readonly paths: readonly PathObject[] } | null;
    }[];
  };
  readonly status?: { readonly loadBalancer?: unknown };
}

interface PathObject {
  readonly path?: string;
  readonly pathType: string;
  readonly backend: {
    readonly service?: {
      readonly name: string;
      readonly port?: { readonly name?: string; readonly number?: number };
    };
  };
}

interface ServiceObject {
  readonly metadata: Metadata;
  readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
}

interface EndpointSliceObject {
  readonly metadata: Metadata;
  readonly addressType: string;
  readonly ports?: readonly { readonly name?: string | null; readonly port?: number | null }[] | null;
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: { readonly ready?: boolean | null };
      }[]
    | null;
}

export function toIngress(object: unknown): Ingress {
  const { metadata, spec, status } = object as IngressObject;
  const className = spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'];
  return {
    ...toStored(metadata),
    machine: metadata.labels?.['ide.example.com/devmachine'] ?? metadata.name,
    createdAt: metadata.creationTimestamp,
    isOurs: className === undefined || className === INGRESS_CLASS.metadata.name,
    rules: (spec.rules ?? []).flatMap(({ host, http }) =>
      host ? (http?.paths ?? []).flatMap((path) => toRule(host.toLowerCase(), path)) : [],
    ),
    loadBalancer: status?.loadBalancer,
  };
}

function toRule(host: string, { path, pathType, backend: { service } }: PathObject): Rule[] {
  const port = service?.port?.name || service?.port?.number;
  if (!service || !port) return [];
  return [{ host, path: path || '/', isExact: pathType === 'Exact', service: service.name, port }];
}

export function toService(object: unknown): Service {
  const { metadata, spec } = object as ServiceObject;
  const ports = (spec.ports ?? []).map(({ name = '', port }) => ({ name, port }));
  return { ...toStored(metadata), ports };
}

export function toEndpointSlice(object: unknown): EndpointSlice {
  const { metadata, addressType, ports, endpoints } = object as EndpointSliceObject;
  // A missing value means ready (discovery.k8s.io/v1, EndpointConditions).
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready ?? true);
  return {
    ...toStored(metadata),
    service: metadata.labels?.['kubernetes.io/service-name'] ?? '',
    ports: new Map((ports ?? []).flatMap(({ name, port }) => (port ? [[name ?? '', port] as const] : []))),
    addresses: addressType === 'FQDN' ? [] : ready.flatMap(({ addresses: [address] }) => address ?? []),
  };
}

const toStored = ({ namespace, name, uid, resourceVersion }: Stored): Stored => ({
  namespace,
  name,
  uid,
  resourceVersion,
});
