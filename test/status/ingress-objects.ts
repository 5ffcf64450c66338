import { condition, metadata, type Owner, type Raw } from './objects.ts';

/** The Ingress of a machine, and what it competes with and depends on. */

export interface IngressOptions {
  readonly host?: string;
  readonly name?: string;
  readonly tls?: boolean;
  readonly path?: string;
  readonly className?: string;
  readonly annotations?: object;
  /** Whether its controller has reported an address. */
  readonly served?: boolean;
  /** The TCP ports that it has reported. */
  readonly ports?: readonly number[];
}

/** The Ingress of a machine, which a controller serves, unless the options say otherwise. */
export const ingress = (owner: Owner, options: IngressOptions = {}): Raw => {
  const { host = owner.host, name = owner.name, tls = true, path = '/', served = true } = options;
  const { className, annotations, ports } = options;
  const address = {
    hostname: 'ingress.example.com',
    ...(ports ? { ports: ports.map((port) => ({ port, protocol: 'TCP' })) } : {}),
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { ...metadata({ ...owner, name }), ...(annotations ? { annotations } : {}) },
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      ...(tls ? { tls: [{ hosts: [host], secretName: `${name}-tls` }] } : {}),
      rules: [
        {
          host,
          http: {
            paths: [{ path, pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } }],
          },
        },
      ],
    },
    ...(served ? { status: { loadBalancer: { ingress: [address] } } } : {}),
  };
};

/** An Ingress that belongs to no machine. */
export const foreignIngress = (owner: Owner, options: IngressOptions = {}): Raw => {
  const { metadata: labeled, ...raw } = ingress(owner, { name: `app-${owner.name}`, ...options });
  const { labels: _, ...unlabeled } = labeled;
  return { ...raw, metadata: unlabeled };
};

/** Name of an IngressClass that no other test uses: they belong to the whole cluster. */
export const ownClass = ({ namespace, name }: Pick<Owner, 'namespace' | 'name'>): string =>
  `${namespace}-${name}`;

export const ingressClass = (name: string, isDefault = false): Raw => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name, annotations: { 'ingressclass.kubernetes.io/is-default-class': String(isDefault) } },
  spec: { controller: 'example.com/controller' },
});

/** Makes cert-manager issue the certificate of an Ingress. */
export const ISSUER = { 'cert-manager.io/cluster-issuer': 'letsencrypt' };

const READY = condition('Ready', 'True', 'Ready', 'Certificate is up to date and has not expired');

interface CertificateOptions {
  readonly hosts?: readonly string[];
  readonly conditions?: readonly object[];
}

/** The Certificate that cert-manager creates for the Ingress of a machine: it is issued, unless the options say otherwise. */
export const certificate = (
  owner: Owner,
  { hosts = [owner.host], conditions = [READY] }: CertificateOptions = {},
): Raw => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: metadata(owner, `${owner.name}-tls`),
  spec: { secretName: `${owner.name}-tls`, dnsNames: hosts },
  status: { conditions },
});
