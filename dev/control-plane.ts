import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Apiserver, startApiserver } from './apiserver.ts';
import { findAssets } from './assets.ts';
import { createLeaf } from './certs.ts';
import { type Component, type ComponentContext, type ComponentSpec, startComponent } from './component.ts';
import { type Etcd, startEtcd } from './etcd.ts';
import type { ClientTls } from './kube-client.ts';
import { toKubeconfig } from './kubeconfig.ts';
import { loadPki, type Pki, writePrivate } from './pki.ts';
import { type Claim, claimStateDir } from './state.ts';
import { startWorkloads, WORKLOAD_PROGRAMS, type Workloads } from './workloads.ts';

export interface ControlPlaneOptions {
  /** Everything lies in here: data, certificates, logs. Keep it to find the data again at the next start. */
  readonly stateDir: string;
  /** Whether the data must survive a crash of the machine. Without it a start and every write is quicker. */
  readonly durable?: boolean;
  /** Whether what is stored also runs: with controllers, a scheduler and nodes. It takes longer to start. */
  readonly workloads?: boolean;
  readonly log?: (line: string) => void;
  /** Called when a program ends that nobody has stopped. */
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
  /** What `workloads` has started. */
  readonly workloads: Workloads | undefined;
  /** Where a process that runs along with it is noted, so that it is ended even after a crash of this one. */
  readonly claim: Claim;
  /** Path of a kubeconfig with a client certificate for this user and these groups. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  /** Runs one more program along with it, which is stopped before the apiserver. */
  startAlong(spec: ComponentSpec): Promise<Component>;
  stop(): Promise<void>;
}

/** A real etcd and a real kube-apiserver, on loopback and free ports; any number of them side by side. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { durable = false, workloads = false, log = () => {}, onExit = log, signal } = options;
  const stateDir = resolve(options.stateDir);
  const assets = await findAssets(workloads ? [...PROGRAMS, ...WORKLOAD_PROGRAMS] : PROGRAMS, { signal });
  const claim = await claimStateDir(stateDir, log);
  const context: ComponentContext = { stateDir, claim, log, onExit, signal };
  const along = gather(context);
  let etcd: Etcd | undefined;
  let apiserver: Apiserver | undefined;
  const stop = async () => {
    // In this order: an apiserver without its store has nothing to shut down in peace.
    await along.stop();
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
    const controlPlane = {
      server,
      kubeconfig,
      stateDir,
      assetsDir: assets.dir,
      tls,
      pki,
      etcd,
      apiserver,
      claim,
      kubeconfigFor: (user: string, groups: readonly string[] = []) =>
        writeUserKubeconfig(stateDir, server, pki, user, groups),
      startAlong: along.start,
      stop,
    };
    return { ...controlPlane, workloads: workloads ? await startWorkloads(controlPlane) : undefined };
  } catch (error) {
    await stop();
    throw error;
  }
}

const PROGRAMS = ['etcd', 'kube-apiserver'];

/** Starts components, and stops all of them together, those that are still starting too. */
function gather(context: ComponentContext) {
  const stopping = new AbortController();
  const signals = [stopping.signal, ...(context.signal ? [context.signal] : [])];
  const started = new Set<Promise<Component>>();
  return {
    start: (spec: ComponentSpec): Promise<Component> => {
      const component = startComponent(spec, { ...context, signal: AbortSignal.any(signals) });
      started.add(component);
      return component;
    },
    stop: async () => {
      stopping.abort(new Error('the control plane is being stopped'));
      // One that did not start has ended already.
      await Promise.allSettled([...started].map(async (component) => (await component).stop()));
    },
  };
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
