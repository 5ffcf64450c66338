import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Apiserver, startApiserver } from './apiserver.ts';
import { findAssets } from './assets.ts';
import { createLeaf } from './certs.ts';
import type { ComponentContext } from './component.ts';
import { type Etcd, startEtcd } from './etcd.ts';
import type { ClientTls } from './kube-client.ts';
import { toKubeconfig } from './kubeconfig.ts';
import { loadPki, type Pki, writePrivate } from './pki.ts';
import { type Claim, claimStateDir } from './state.ts';

export interface ControlPlaneOptions {
  /** Everything lies in here: data, certificates, logs. Keep it to find the data again at the next start. */
  readonly stateDir: string;
  /** Whether the data must survive a crash of the machine. Without it a start and every write is quicker. */
  readonly durable?: boolean;
  readonly log?: (line: string) => void;
  /** Called when etcd or the apiserver ends that nobody has stopped. */
  readonly onExit?: (message: string) => void;
  /** Gives the start up, and ends what runs by then. */
  readonly signal?: AbortSignal;
}

export interface ControlPlane {
  readonly server: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly stateDir: string;
  readonly assetsDir: string;
  /** The administrator's, as PEM text. */
  readonly tls: ClientTls;
  readonly pki: Pki;
  readonly etcd: Etcd;
  readonly apiserver: Apiserver;
  /** Where a process that runs along with it is noted, so that it is ended even after a crash of this one. */
  readonly claim: Claim;
  /** Path of a kubeconfig with a client certificate for this user and these groups. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** A real etcd and a real kube-apiserver, on loopback and free ports; any number of them side by side. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { durable = false, log = () => {}, onExit = log, signal } = options;
  const stateDir = resolve(options.stateDir);
  const assets = await findAssets(['etcd', 'kube-apiserver'], { signal });
  const claim = await claimStateDir(stateDir, log);
  const context: ComponentContext = { stateDir, claim, log, onExit, signal };
  let etcd: Etcd | undefined;
  let apiserver: Apiserver | undefined;
  const stop = async () => {
    // In this order: an apiserver without its store has nothing to shut down in peace.
    await apiserver?.stop();
    await etcd?.stop();
    claim.release();
  };
  try {
    const pki = await loadPki(join(stateDir, 'pki'));
    etcd = await startEtcd({ assetsDir: assets.dir, pki, durable }, context);
    apiserver = await startApiserver({ assetsDir: assets.dir, pki, etcdUrl: etcd.url }, context);
    const tls = { ca: pki.cluster.cert, cert: pki.admin.cert, key: pki.admin.key };
    const server = apiserver.url;
    const kubeconfig = join(stateDir, 'kubeconfig');
    await writePrivate(kubeconfig, toKubeconfig(server, 'devmachine-admin', tls));
    return {
      server,
      kubeconfig,
      stateDir,
      assetsDir: assets.dir,
      tls,
      pki,
      etcd,
      apiserver,
      claim,
      kubeconfigFor: (user, groups = []) => writeUserKubeconfig(stateDir, server, pki, user, groups),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeUserKubeconfig(
  stateDir: string,
  server: string,
  pki: Pki,
  user: string,
  groups: readonly string[],
): Promise<string> {
  const dir = join(stateDir, 'kubeconfigs');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const leaf = await createLeaf(pki.cluster, { commonName: user, organizations: groups });
  // A user's name may hold any character, and the same user be asked for with other groups.
  const digest = createHash('sha256')
    .update(JSON.stringify([user, groups]))
    .digest('hex')
    .slice(0, 8);
  const file = join(dir, `${user.replaceAll(/[^\w.-]+/g, '-').slice(0, 60)}-${digest}.kubeconfig`);
  await writePrivate(file, toKubeconfig(server, user, { ca: pki.cluster.cert, ...leaf }));
  return file;
}
