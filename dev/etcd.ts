import { join } from 'node:path';
import { type Component, type ComponentContext, startComponent } from './component.ts';
import { isHealthy } from './kube-client.ts';
import type { Pki } from './pki.ts';
import { onFreePort } from './ports.ts';

export interface EtcdOptions {
  readonly assetsDir: string;
  readonly pki: Pki;
  readonly durable: boolean;
}

export interface Etcd extends Component {
  readonly url: string;
  readonly dataDir: string;
}

/** etcd has its own CA and requires client certificates, so an API server cannot use another instance's etcd. */
export function startEtcd(options: EtcdOptions, context: ComponentContext): Promise<Etcd> {
  const dataDir = join(context.stateDir, 'etcd');
  return onFreePort(async (port) => {
    const url = `https://127.0.0.1:${port}`;
    const { etcdCa, etcdClient } = options.pki;
    const tls = { ca: etcdCa.cert, cert: etcdClient.cert, key: etcdClient.key };
    const isReady = () => isHealthy(url, tls, '/health');
    const spec = {
      name: 'etcd',
      command: join(options.assetsDir, 'etcd'),
      args: etcdFlags(url, dataDir, options),
      isReady,
    };
    return Object.assign(await startComponent(spec, context), { url, dataDir });
  });
}

function etcdFlags(url: string, dataDir: string, { pki, durable }: EtcdOptions): string[] {
  return [
    `--data-dir=${dataDir}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    '--client-cert-auth',
    `--trusted-ca-file=${pki.etcdCa.certFile}`,
    `--cert-file=${pki.etcd.certFile}`,
    `--key-file=${pki.etcd.keyFile}`,
    // A single member has no peers: any port will do, and no peer certificate is accepted.
    '--listen-peer-urls=https://127.0.0.1:0',
    '--peer-client-cert-auth',
    `--peer-trusted-ca-file=${pki.etcdCa.certFile}`,
    `--peer-cert-file=${pki.etcd.certFile}`,
    `--peer-key-file=${pki.etcd.keyFile}`,
    '--log-level=warn',
    // Only state that is kept needs to survive a crash of the machine. Tests delete theirs.
    ...(durable ? [] : ['--unsafe-no-fsync']),
  ];
}
