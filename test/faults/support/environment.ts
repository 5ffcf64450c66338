import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyCrd } from '../../../dev/crd.ts';
import type { ClientTls } from '../../../dev/kube-client.ts';
import { toKubeconfig } from '../../../dev/kubeconfig.ts';
import { loadPki, type Pki, writePrivate } from '../../../dev/pki.ts';
import { type ClusterClient, openClient } from '../../../src/kube/client/client.ts';
import { clusterAddress, loadKubeConfig } from '../../../src/kube/client/kubeconfig.ts';
import { createNamespace, testKubeconfig } from '../../support/cluster.ts';
import { ClusterWriter } from './cluster-writer.ts';
import { type FaultProxy, startFaultProxy } from './proxy.ts';

export interface ControlPlaneAddress {
  readonly server: string;
  readonly tls: ClientTls;
  readonly pki: Pki;
}

/** A fault proxy in front of a control plane, and a namespace that only this test uses. */
export interface Environment {
  readonly proxy: FaultProxy;
  /** Bypasses the proxy. */
  readonly direct: ClusterClient;
  /** Holds the kubeconfigs, and other files of the test; removed by `close`. */
  readonly folder: string;
  /** Kubeconfigs of the administrator: through the proxy, and bypassing it. */
  readonly kubeconfig: string;
  readonly directKubeconfig: string;
  readonly namespace: string;
  readonly writer: ClusterWriter;
  close(): Promise<void>;
}

const CERTIFICATE_CRD = join(import.meta.dirname, '../../status/certificate-crd.yaml');

/** The control plane that test/setup.ts started. */
export async function sharedControlPlane(): Promise<ControlPlaneAddress> {
  const kubeconfig = testKubeconfig();
  const pki = await loadPki(join(dirname(kubeconfig), 'pki'));
  const tls = { ca: pki.cluster.cert, cert: pki.admin.cert, key: pki.admin.key };
  return { server: clusterAddress(loadKubeConfig(kubeconfig)).origin, tls, pki };
}

export async function openEnvironment(controlPlane?: ControlPlaneAddress): Promise<Environment> {
  const { server, tls, pki } = controlPlane ?? (await sharedControlPlane());
  // A backend watches every kind that it knows.
  await applyCrd({ server, tls }, CERTIFICATE_CRD);
  const proxy = await startFaultProxy({ server, tls, pki });
  const folder = await mkdtemp(join(tmpdir(), 'devmachine-faults-'));
  const [kubeconfig, directKubeconfig] = [
    join(folder, 'proxy.kubeconfig'),
    join(folder, 'direct.kubeconfig'),
  ];
  await writePrivate(kubeconfig, toKubeconfig(proxy.url, 'devmachine-admin', tls));
  await writePrivate(directKubeconfig, toKubeconfig(server, 'devmachine-admin', tls));
  const direct = openClient(() => loadKubeConfig(directKubeconfig), { timeoutMs: 30_000 });
  const namespace = await createNamespace(direct, 'faults');
  const writer = new ClusterWriter(direct, namespace);
  await writer.createServiceAccount();
  return {
    proxy,
    direct,
    folder,
    kubeconfig,
    directKubeconfig,
    namespace,
    writer,
    async close() {
      await proxy.close();
      await direct.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
