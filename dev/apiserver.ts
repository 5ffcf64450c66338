import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Component, type ComponentContext, startComponent } from './component.ts';
import { isHealthy } from './kube-client.ts';
import type { Pki } from './pki.ts';
import { onFreePort } from './ports.ts';

export interface ApiserverOptions {
  readonly assetsDir: string;
  readonly pki: Pki;
  readonly etcdUrl: string;
  /** The unix socket through which the API server reaches nodes and pods. By default, it reaches them itself. */
  readonly gatewaySocket?: string | undefined;
  /** An AuthenticationConfiguration: the issuers whose tokens the API server trusts beside its own. */
  readonly authentication?: object | undefined;
  /** Whether to record who has requested what in the file `auditLogOf` the state directory. */
  readonly audit?: boolean | undefined;
  /** See ComponentSpec. It reads all objects of etcd before it is ready. */
  readonly readyMs?: number | undefined;
}

/** The audit log: an event per line, in JSON, which is written before the response. */
export const auditLogOf = (stateDir: string): string => join(stateDir, 'audit.log');

export interface Apiserver extends Component {
  readonly url: string;
}

export async function startApiserver(
  options: ApiserverOptions,
  context: ComponentContext,
): Promise<Apiserver> {
  const { cluster, admin } = options.pki;
  const optional = await writeConfigs(context.stateDir, options);
  return onFreePort(async (port) => {
    const url = `https://127.0.0.1:${port}`;
    const isReady = () => isHealthy(url, { ca: cluster.cert, cert: admin.cert, key: admin.key }, '/readyz');
    const { readyMs } = options;
    const spec = {
      name: 'kube-apiserver',
      command: join(options.assetsDir, 'kube-apiserver'),
      args: [...apiserverFlags(port, context.stateDir, options), ...optional],
      isReady,
      ...(readyMs !== undefined && { readyMs }),
    };
    return Object.assign(await startComponent(spec, context), { url });
  });
}

/**
 * The default admission plugins are enabled. One of them, ServiceAccount, refuses a pod until its namespace has a
 * service account. kube-controller-manager creates that account; where it does not run, the caller has to. Without the
 * plugin, the API server would accept pods that a real cluster refuses, and pods would get no token.
 */
function apiserverFlags(port: number, stateDir: string, { pki, etcdUrl }: ApiserverOptions): string[] {
  return [
    '--bind-address=127.0.0.1',
    // The default is derived from the default route, which a machine without a network does not have.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${port}`,
    `--cert-dir=${join(stateDir, 'pki')}`,
    `--tls-cert-file=${pki.apiserver.certFile}`,
    `--tls-private-key-file=${pki.apiserver.keyFile}`,
    `--client-ca-file=${pki.cluster.certFile}`,
    `--requestheader-client-ca-file=${pki.frontProxy.certFile}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    `--kubelet-client-certificate=${pki.admin.certFile}`,
    `--kubelet-client-key=${pki.admin.keyFile}`,
    // A node's name is in no DNS.
    '--kubelet-preferred-address-types=InternalIP',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki.serviceAccount.publicFile}`,
    `--service-account-signing-key-file=${pki.serviceAccount.privateFile}`,
    `--etcd-servers=${etcdUrl}`,
    `--etcd-cafile=${pki.etcdCa.certFile}`,
    `--etcd-certfile=${pki.etcdClient.certFile}`,
    `--etcd-keyfile=${pki.etcdClient.keyFile}`,
    '--profiling=false',
  ];
}

/** Writes the files that the options need. Resolves to the flags that name them. */
async function writeConfigs(stateDir: string, options: ApiserverOptions): Promise<string[]> {
  const { gatewaySocket, authentication, audit } = options;
  const write = async (flag: string, config: object): Promise<string> => {
    const file = join(stateDir, `${flag}.json`);
    await writeFile(file, JSON.stringify(config));
    return `--${flag}=${file}`;
  };
  return [
    ...(gatewaySocket ? [await write('egress-selector-config-file', egressVia(gatewaySocket))] : []),
    ...(authentication ? [await write('authentication-config', authentication)] : []),
    ...(audit
      ? [
          await write('audit-policy-file', AUDIT_POLICY),
          `--audit-log-path=${auditLogOf(stateDir)}`,
          '--audit-log-mode=blocking',
        ]
      : []),
  ];
}

const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** Connections to nodes and pods go through a unix socket. */
const egressVia = (udsName: string) => ({
  apiVersion: 'apiserver.k8s.io/v1beta1',
  kind: 'EgressSelectorConfiguration',
  egressSelections: [
    { name: 'cluster', connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName } } } },
  ],
});
