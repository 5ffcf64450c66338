import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { applyObjects } from '../apply.ts';
import type { Component, ComponentSpec } from '../component.ts';
import { type Cluster, createKubeClient } from '../kube-client.ts';
import type { Pki } from '../pki.ts';
import { createCgroup, removeCgroup } from './cgroups.ts';
import { writeNodeConfig } from './config.ts';
import { STORAGE_CLASS } from './disks/storage-class.ts';
import type { NodeAssets } from './prepare.ts';
import { APISERVER_SOCKET, forwardSocket, GATEWAY_SOCKET } from './sockets.ts';

/** The name of the node. */
export const NODE_NAME = 'devmachine-node';

/** The part of a control plane that the node needs. */
interface Base extends Cluster {
  readonly stateDir: string;
  readonly pki: Pki;
  readonly log: (line: string) => void;
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  addComponent(spec: ComponentSpec): Promise<Component>;
}

/** The path of the unix socket that leads into the node's network: see gateway.ts. */
export function gatewaySocketOf(stateDir: string): string {
  const path = join(folderOf(stateDir), GATEWAY_SOCKET);
  // The limit of the kernel.
  if (Buffer.byteLength(path) <= 100) return path;
  throw new Error(
    `The state directory ${stateDir} has too long a path for a unix socket. Set DEVMACHINE_STATE_DIR to a shorter one.`,
  );
}

/** The folder of the node: its images, disks, logs and sockets. It stays between runs. */
export const folderOf = (stateDir: string): string => join(stateDir, 'node');

/**
 * Starts a real node: containerd, kubelet, kube-proxy, disks and a gateway in network, mount and process namespaces of their
 * own. All of them end with the component. Resolves when the node is ready.
 */
export async function startNode(base: Base, assets: NodeAssets): Promise<Component> {
  const dir = folderOf(base.stateDir);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const cgroup = cgroupOf(base.stateDir);
  const apiPort = Number(new URL(base.server).port);
  const [kubelet, proxy, disks] = await Promise.all([
    base.kubeconfigFor(`system:node:${NODE_NAME}`, ['system:nodes']),
    base.kubeconfigFor('system:kube-proxy'),
    base.kubeconfigFor('devmachine-disks', ['system:masters']),
    writeNodeConfig({ ...assets, dir, clientCaFile: base.pki.cluster.certFile, cgroup: `/${cgroup}` }),
    applyObjects(base, [STORAGE_CLASS]),
  ]);
  let started = new Date();
  let forward: Server | undefined;
  return base.addComponent({
    name: 'node',
    command: 'unshare',
    args: [
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'bash',
      join(import.meta.dirname, 'init.sh'),
    ],
    env: {
      STATE: dir,
      NAME: NODE_NAME,
      PROGRAMS: assets.programsDir,
      NODE_PROGRAMS: assets.nodeProgramsDir,
      API_PORT: String(apiPort),
      NODE_JS: process.execPath,
      KUBELET_KUBECONFIG: kubelet,
      PROXY_KUBECONFIG: proxy,
      DISKS_KUBECONFIG: disks,
    },
    isReady: () => isNodeReady(base, started),
    // The first start unpacks the images.
    readyMs: 600_000,
    // unshare ignores SIGTERM. The node ends like a machine whose power is turned off.
    graceMs: 0,
    prepare: async () => {
      if (!existsSync(join(dir, 'imported'))) base.log('Unpacking the images into the node');
      started = new Date();
      await createCgroup(cgroup);
      forward = await forwardSocket(join(dir, APISERVER_SOCKET), apiPort);
    },
    cleanUp: async () => {
      forward?.close();
      await removeCgroup(cgroup);
    },
  });
}

/** Two clusters on one machine have different cgroups; a later start of the same cluster finds its own. */
export const cgroupOf = (stateDir: string): string =>
  `devmachine-${createHash('sha256').update(stateDir).digest('hex').slice(0, 8)}`;

/** Whether the kubelet of this run has reported that it is ready. */
async function isNodeReady({ server, tls }: Cluster, started: Date): Promise<boolean> {
  const client = createKubeClient(server, tls);
  try {
    const { status, text } = await client.get(`/api/v1/nodes/${NODE_NAME}`);
    if (status !== 200) return false;
    const node = JSON.parse(text) as { status: { conditions?: Condition[] } };
    const ready = node.status.conditions?.find(({ type }) => type === 'Ready');
    return (
      ready?.status === 'True' &&
      Date.parse(ready.lastHeartbeatTime) >= Math.floor(started.getTime() / 1000) * 1000
    );
  } finally {
    await client.close();
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastHeartbeatTime: string;
}
