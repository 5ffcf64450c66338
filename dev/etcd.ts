import { join } from 'node:path';
import { type Component, type ComponentContext, startComponent } from './component.ts';
import { isWell } from './kube-client.ts';
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

/** It takes clients with a certificate of its own CA only: nobody's etcd is ever taken for somebody else's. */
export function startEtcd(options: EtcdOptions, context: ComponentContext): Promise<Etcd> {
  const dataDir = join(context.stateDir, 'etcd');
  return onFreePort(async (port) => {
    const url = `https://127.0.0.1:${port}`;
    const { etcdCa, etcdClient } = options.pki;
    const tls = { ca: etcdCa.cert, cert: etcdClient.cert, key: etcdClient.key };
    const isReady = () => isWell(url, tls, '/health');
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
    // A single member has no peers: any port, and nobody is let in.
    '--listen-peer-urls=https://127.0.0.1:0',
    '--peer-client-cert-auth',
    `--peer-trusted-ca-file=${pki.etcdCa.certFile}`,
    `--peer-cert-file=${pki.etcd.certFile}`,
    `--peer-key-file=${pki.etcd.keyFile}`,
    '--log-level=warn',
    // What outlives a crash of the machine is for state that is kept; a test's state is thrown away anyway.
    ...(durable ? [] : ['--unsafe-no-fsync']),
  ];
}
