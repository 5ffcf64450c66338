import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyNamespace } from '../../dev/apply.ts';
import { type ControlPlane, startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { type ClusterClient, openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../../test/corpus/bodies.ts';
import { applyAs, get } from '../../test/support/cluster.ts';
import { LOAD, movePid } from '../cores.ts';
import { hostOf, machineLike, PARTS, place } from './objects.ts';
import { type Raw, store } from './store.ts';

export interface Cluster {
  readonly controlPlane: ControlPlane;
  /** As its administrator. */
  readonly connection: ClusterClient;
  /** Brings it to this many machines; resolves when the API server knows all. */
  grow(count: number): Promise<void>;
  /** Gives each machine a Deployment, a Pod, a claim, an Ingress and a slice: all run. */
  addParts(): Promise<void>;
  /** Ends all machines of a namespace. */
  clear(namespace: string): Promise<void>;
  stop(): Promise<void>;
}

const NAMESPACES = 20;

/** An API server of its own, on the core of the load. */
export async function startCluster(): Promise<Cluster> {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-bench-'));
  const controlPlane = await startControlPlane({ stateDir });
  const { apiserver, etcd } = controlPlane;
  const connection = openClient(() => loadKubeConfig(controlPlane.kubeconfig), { timeoutMs: 60_000 });
  await applyCrd(controlPlane, join(import.meta.dirname, '../../crd/devmachine-crd.yaml'));
  const teams = Array.from({ length: NAMESPACES }, (_, index) => `team-${index}`);
  for (const name of [...teams, 'creates', 'events']) await applyNamespace(controlPlane, name);
  for (const { pid } of [apiserver, etcd]) if (pid !== undefined) movePid(LOAD, pid);
  const model = await makeModel(connection);
  const machines: Raw[] = [];

  return {
    controlPlane,
    connection,
    async grow(count) {
      const more = Array.from({ length: count - machines.length }, (_, index) =>
        machineLike(model, machines.length + index),
      );
      machines.push(...more);
      await store(controlPlane, 'ide.example.com/devmachines', more);
      await untilCounted(connection, machinesPath(), count);
    },
    async addParts() {
      for (const { resource, path, make } of PARTS) {
        await store(controlPlane, resource, machines.values().map(make));
        await untilCounted(connection, path, machines.length);
      }
    },
    async clear(namespace) {
      const signal = AbortSignal.timeout(60_000);
      await connection.request({ method: 'DELETE', path: machinesPath(namespace), signal });
    },
    async stop() {
      await connection.close();
      await controlPlane.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** A machine as the API server stores it: every other is made like it. */
async function makeModel(connection: ClusterClient): Promise<Raw> {
  const { name, namespace } = place(0);
  const path = `${machinesPath(namespace)}/${name}`;
  const spec = { ...EXAMPLE_SPEC, ingressDomain: hostOf(0) };
  const { status, body } = await applyAs(
    connection,
    'devmachine-api',
    path,
    manifest(spec, { name, namespace }),
  );
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

/** Until it also knows them in the memory from which it answers: a first list would have to wait for that. */
async function untilCounted(connection: ClusterClient, path: string, count: number): Promise<void> {
  for (;;) {
    const { status, body } = await get(connection, `${path}?limit=1`);
    const known = status === 200 ? body.items.length + (body.metadata.remainingItemCount ?? 0) : 0;
    const isCaughtUp = await isReached(connection, path, body.metadata?.resourceVersion);
    if (known >= count && isCaughtUp) return;
    await sleep(100);
  }
}

/** Whether a watch can begin at that version: the API server refuses one that it has not come to (504). */
async function isReached(connection: ClusterClient, path: string, resourceVersion: string): Promise<boolean> {
  const query = new URLSearchParams({ limit: '1', resourceVersion, resourceVersionMatch: 'NotOlderThan' });
  return (await get(connection, `${path}?${query}`)).status === 200;
}
