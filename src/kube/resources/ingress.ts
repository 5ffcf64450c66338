import type { Ingress } from '../../devmachine/status/dependents.ts';
import type { Interner } from './intern.ts';
import { type Metadata, ownerUid, toDependent } from './metadata.ts';

interface IngressObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly ingressClassName?: string;
    readonly rules?: readonly IngressRule[];
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
  };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] };
  };
}

interface LoadBalancerIngress {
  readonly hostname?: string;
  readonly ip?: string;
  readonly ports?: readonly { readonly port: number; readonly protocol: string }[];
}

interface IngressRule {
  readonly host?: string;
  readonly http?: { readonly paths: readonly { readonly path?: string }[] } | null;
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
/** With one of them, cert-manager's ingress-shim creates a Certificate with the name of the Secret in `spec.tls`. */
const ISSUER_ANNOTATIONS = ['cert-manager.io/issuer', 'cert-manager.io/cluster-issuer'];

/** Of an Ingress that belongs to no machine, keeps what tells whether it has a machine's host. */
export function toIngress(object: unknown, interner: Interner): Ingress {
  const { metadata, spec, status } = object as IngressObject;
  const { rules = [], tls = [] } = spec;
  const annotations = metadata.annotations ?? {};
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'Ingress',
    metadata,
    interner,
  );
  const isOwn = machine !== '';
  const addresses = isOwn ? (status?.loadBalancer?.ingress ?? []) : [];
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
    className: interner.text(spec.ingressClassName),
    annotatedClass: interner.text(annotations[CLASS_ANNOTATION]),
    hosts: interner.list(rules.flatMap((rule) => (rule.host && routesRoot(rule) ? rule.host : []))),
    tlsHosts: interner.list(isOwn ? tls.flatMap(({ hosts = [] }) => hosts) : []),
    hasAddress: addresses.some(({ hostname, ip }) => hostname || ip),
    port: onlyPort(addresses),
    certificate: isOwn && ISSUER_ANNOTATIONS.some((key) => annotations[key]) ? tls[0]?.secretName : undefined,
  };
}

/** An empty path means `/`. */
const routesRoot = ({ http }: IngressRule): boolean =>
  (http?.paths ?? []).some(({ path = '' }) => path === '' || path === '/');

/** The TCP port of the addresses; undefined if they name none, or several. */
function onlyPort(addresses: readonly LoadBalancerIngress[]): number | undefined {
  const ports = addresses.flatMap(({ ports = [] }) => ports).filter(({ protocol }) => protocol === 'TCP');
  const [port, ...others] = new Set(ports.map(({ port }) => port));
  return others.length === 0 ? port : undefined;
}
