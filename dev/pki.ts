import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createCa,
  createLeaf,
  createSigningKeys,
  isStillGood,
  type KeyPair,
  type LeafRequest,
} from './certs.ts';

/** A key pair and its files. */
export interface StoredPair extends KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Pki {
  /** Signs the certificates of the API server and of its users. */
  readonly cluster: StoredPair;
  /** Signs nothing. It exists because the API server refuses the client CA as the request header CA. */
  readonly frontProxy: StoredPair;
  /** The CA of etcd: a user's certificate gives access to the API server, but never to etcd. */
  readonly etcdCa: StoredPair;
  readonly etcd: StoredPair;
  readonly etcdClient: StoredPair;
  readonly apiserver: StoredPair;
  readonly admin: StoredPair;
  /** The server certificate of the health endpoints of kube-controller-manager and kube-scheduler. */
  readonly health: StoredPair;
  readonly serviceAccount: { readonly publicFile: string; readonly privateFile: string };
}

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const IN_CLUSTER = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  // The `kubernetes` service has the first address of the service range.
  '10.96.0.1',
];

/** Reuses the files in `dir`, so that the data and the kubeconfigs of an earlier run stay valid. */
export async function loadPki(dir: string): Promise<Pki> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const ca = (name: string) => stored(dir, name, () => createCa(`devmachine ${name}`));
  const [cluster, frontProxy, etcdCa] = await Promise.all([ca('ca'), ca('front-proxy-ca'), ca('etcd-ca')]);
  const leaf = (name: string, issuer: KeyPair, request: LeafRequest) =>
    stored(
      dir,
      name,
      () => createLeaf(issuer, request),
      (pair) => isStillGood(pair, issuer),
    );
  const [etcd, etcdClient, apiserver, admin, health] = await Promise.all([
    leaf('etcd', etcdCa, { commonName: 'etcd', hosts: LOOPBACK }),
    leaf('etcd-client', etcdCa, { commonName: 'kube-apiserver' }),
    leaf('apiserver', cluster, { commonName: 'kube-apiserver', hosts: [...LOOPBACK, ...IN_CLUSTER] }),
    leaf('admin', cluster, { commonName: 'devmachine-admin', organizations: ['system:masters'] }),
    leaf('health', cluster, { commonName: 'devmachine-health', hosts: LOOPBACK }),
  ]);
  const serviceAccount = await storedSigningKeys(dir);
  return { cluster, frontProxy, etcdCa, etcd, etcdClient, apiserver, admin, health, serviceAccount };
}

async function stored(
  dir: string,
  name: string,
  create: () => Promise<KeyPair>,
  isGood: (pair: KeyPair) => Promise<boolean> = async () => true,
): Promise<StoredPair> {
  const certFile = join(dir, `${name}.crt`);
  const keyFile = join(dir, `${name}.key`);
  if (existsSync(certFile) && existsSync(keyFile)) {
    const pair = { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
    if (await isGood(pair)) return { ...pair, certFile, keyFile };
  }
  const pair = await create();
  // The certificate last: after an interruption between the two files, the next start creates a new pair.
  await writePrivate(keyFile, pair.key);
  await writePrivate(certFile, pair.cert);
  return { ...pair, certFile, keyFile };
}

async function storedSigningKeys(dir: string): Promise<Pki['serviceAccount']> {
  const files = { publicFile: join(dir, 'sa.pub'), privateFile: join(dir, 'sa.key') };
  if (!existsSync(files.publicFile) || !existsSync(files.privateFile)) {
    const { publicKey, privateKey } = await createSigningKeys();
    await writePrivate(files.privateFile, privateKey);
    await writePrivate(files.publicFile, publicKey);
  }
  return files;
}

/** Writes a file atomically, readable by its owner only. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}
