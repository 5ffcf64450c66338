import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Apiserver, type ApiserverOptions, startApiserver } from './apiserver.ts';
import { findAssets } from './assets.ts';
import { createLeaf } from './certs.ts';
import { type Component, type ComponentContext, type ComponentSpec, startComponent } from './component.ts';
import { type Etcd, startEtcd } from './etcd.ts';
import type { ClientTls } from './kube-client.ts';
import { toKubeconfig } from './kubeconfig.ts';
import { gatewaySocketOf } from './node/node.ts';
import { loadPki, type Pki, writePrivate } from './pki.ts';
import { type Claim, claimStateDir } from './state.ts';
import { startWorkloads, WORKLOAD_PROGRAMS, type WorkloadOptions, type Workloads } from './workloads.ts';

export interface ControlPlaneOptions extends Pick<ApiserverOptions, 'authentication' | 'audit'> {
  /** Holds the data, the certificates and the logs. A later start with the same folder finds the data again. */
  readonly stateDir: string;
  /** Whether the data must survive a crash of the machine. Starts and writes are faster if not. */
  readonly durable?: boolean;
  /** Whether to run pods, with controllers, a scheduler and simulated nodes. The start takes longer. */
  readonly workloads?: boolean | WorkloadOptions;
  /** The version of kube-apiserver: 1.30 is the oldest that is supported. Defaults to the one that dev/tools pins. */
  readonly apiserver?: '1.30' | undefined;
  /** How long kube-apiserver may take to be ready, in ms: longer than usual if there are many objects. */
  readonly apiserverReadyMs?: number;
  /** Whether nodes and pods are in the network of a real node, which only its gateway reaches. */
  readonly realNode?: boolean;
  readonly log?: (line: string) => void;
  /** Called when a program ends unexpectedly. */
  readonly onExit?: (message: string) => void;
  /** Aborts the start and ends the programs that run by then. */
  readonly signal?: AbortSignal;
}

export interface ControlPlane {
  readonly server: string;
  /** The path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly stateDir: string;
  readonly assetsDir: string;
  /** The administrator's credentials in PEM. */
  readonly tls: ClientTls;
  readonly pki: Pki;
  readonly etcd: Etcd;
  readonly apiserver: Apiserver;
  /** The unix socket that leads to nodes and pods; undefined if they need none. */
  readonly gatewaySocket: string | undefined;
  readonly log: (line: string) => void;
  /** The components that the option `workloads` started. */
  readonly workloads: Workloads | undefined;
  /** Records the processes that belong to the control plane, so that the next start ends them after a crash. */
  readonly claim: Claim;
  /** A client certificate for this user and these groups. */
  tlsFor(user: string, groups?: readonly string[]): Promise<ClientTls>;
  /** Resolves to the path of a kubeconfig with a client certificate for this user and these groups. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  /** Runs another program, which is stopped before the API server. */
  addComponent(spec: ComponentSpec): Promise<Component>;
  stop(): Promise<void>;
}

/** Starts etcd and kube-apiserver on free loopback ports. Any number of control planes can run on one machine. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const {
    durable = false,
    workloads = false,
    apiserver: version,
    realNode = false,
    log = () => {},
    onExit = log,
    signal,
  } = options;
  const stateDir = resolve(options.stateDir);
  const assets = await findAssets(workloads ? [...PROGRAMS, ...WORKLOAD_PROGRAMS] : PROGRAMS, { signal });
  const apiserverAssets = version
    ? await findAssets(['kube-apiserver'], { folder: `tools-${version}`, signal })
    : assets;
  const gatewaySocket = realNode ? gatewaySocketOf(stateDir) : undefined;
  const claim = await claimStateDir(stateDir, log);
  const context: ComponentContext = { stateDir, claim, log, onExit, signal };
  const added = gather(context);
  let etcd: Etcd | undefined;
  let apiserver: Apiserver | undefined;
  const stop = async () => {
    // The API server needs etcd to shut down gracefully.
    await added.stop();
    await apiserver?.stop();
    await etcd?.stop();
    claim.release();
  };
  try {
    const pki = await loadPki(join(stateDir, 'pki'));
    etcd = await startEtcd({ assetsDir: assets.dir, pki, durable }, context);
    const { authentication, audit, apiserverReadyMs: readyMs } = options;
    const wiring = { pki, etcdUrl: etcd.url, gatewaySocket, authentication, audit, readyMs };
    apiserver = await startApiserver({ assetsDir: apiserverAssets.dir, ...wiring }, context);
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
      gatewaySocket,
      log,
      claim,
      tlsFor: (user: string, groups: readonly string[] = []) => createUserTls(pki, user, groups),
      kubeconfigFor: (user: string, groups: readonly string[] = []) =>
        writeUserKubeconfig(stateDir, server, pki, user, groups),
      addComponent: added.start,
      stop,
    };
    return {
      ...controlPlane,
      workloads: workloads
        ? await startWorkloads(controlPlane, workloads === true ? {} : workloads)
        : undefined,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const PROGRAMS = ['etcd', 'kube-apiserver'];

/** Starts components, and stops all of them together, including those that are still starting. */
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
      stopping.abort(new Error('The control plane is being stopped'));
      // A component that failed to start has ended already.
      await Promise.allSettled([...started].map(async (component) => (await component).stop()));
    },
  };
}

async function createUserTls(pki: Pki, user: string, groups: readonly string[]): Promise<ClientTls> {
  const { cert, key } = await createLeaf(pki.cluster, { commonName: user, organizations: groups });
  return { ca: pki.cluster.cert, cert, key };
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
  const tls = await createUserTls(pki, user, groups);
  // A user name may hold any character, and one user may get several kubeconfigs with different groups.
  const digest = createHash('sha256')
    .update(JSON.stringify([user, groups]))
    .digest('hex')
    .slice(0, 8);
  const file = join(dir, `${user.replaceAll(/[^\w.-]+/g, '-').slice(0, 60)}-${digest}.kubeconfig`);
  await writePrivate(file, toKubeconfig(server, user, tls));
  return file;
}
