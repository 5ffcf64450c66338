import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ClientTls } from '../../../dev/kube-client.ts';
import { toKubeconfig } from '../../../dev/kubeconfig.ts';
import { loadPki, type Pki, writePrivate } from '../../../dev/pki.ts';
import { type ClusterClient, openClient } from '../../../src/kube/client/client.ts';
import { clusterAddress, loadKubeConfig } from '../../../src/kube/client/kubeconfig.ts';
import { createNamespace } from '../../support/cluster.ts';
import { type FaultProxy, startFaultProxy } from './proxy.ts';
import { World } from './world.ts';

export interface ControlPlaneFiles {
  readonly server: string;
  readonly tls: ClientTls;
  readonly pki: Pki;
}

/** A way to the cluster past the proxy, one through it, and a namespace in which only we are. */
export interface Site {
  readonly direct: ClusterClient;
  readonly proxy: FaultProxy;
  /** Lead to the proxy, and past it. */
  readonly kubeconfig: string;
  readonly directKubeconfig: string;
  readonly world: World;
  close(): Promise<void>;
}

/** The control plane that a kubeconfig of dev/control-plane.ts belongs to. */
export async function controlPlaneOf(kubeconfig: string): Promise<ControlPlaneFiles> {
  const pki = await loadPki(join(dirname(kubeconfig), 'pki'));
  const tls = { ca: pki.cluster.cert, cert: pki.admin.cert, key: pki.admin.key };
  return { server: clusterAddress(loadKubeConfig(kubeconfig)).origin, tls, pki };
}

export async function openSite({ server, tls, pki }: ControlPlaneFiles): Promise<Site> {
  const proxy = await startFaultProxy({ server, tls, pki });
  const id = join(tmpdir(), `devmachine-faults-${randomUUID().slice(0, 8)}`);
  const [kubeconfig, directKubeconfig] = [`${id}-proxy.kubeconfig`, `${id}-direct.kubeconfig`];
  await writePrivate(kubeconfig, toKubeconfig(proxy.url, 'devmachine-admin', tls));
  await writePrivate(directKubeconfig, toKubeconfig(server, 'devmachine-admin', tls));
  const direct = openClient(() => loadKubeConfig(directKubeconfig), { timeoutMs: 30_000 });
  const world = new World(direct, await createNamespace(direct, 'faults'));
  await world.settle();
  return {
    direct,
    proxy,
    kubeconfig,
    directKubeconfig,
    world,
    async close() {
      await proxy.close();
      await direct.close();
      await Promise.all([kubeconfig, directKubeconfig].map((file) => rm(file, { force: true })));
    },
  };
}
