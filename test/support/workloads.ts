import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Component } from '../../dev/component.ts';
import { type ControlPlane, startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { type Operator, startOperator } from '../../dev/operator.ts';
import { startReporter } from '../../dev/reporter.ts';
import type { WorkloadOptions } from '../../dev/workloads.ts';
import { type ClusterClient, openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { manifest } from '../corpus/bodies.ts';
import { applyAs, createNamespace, get, mergePatch } from './cluster.ts';
import { waitFor as poll } from './until.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests assert on the fields that they need
export type Stored = any;

/** A control plane with controllers, a scheduler and nodes that run pods. */
export interface WorkloadCluster {
  readonly controlPlane: ControlPlane;
  /** Authenticated as the administrator. */
  readonly connection: ClusterClient;
  /** Resolves with undefined if the object does not exist. */
  read(path: string): Promise<Stored>;
  list(path: string): Promise<Stored[]>;
  stop(): Promise<void>;
}

/** Start it in `before` and stop it in `after`: one per test file. */
export async function startWorkloadCluster(workloads: WorkloadOptions = {}): Promise<WorkloadCluster> {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const controlPlane = await startControlPlane({ stateDir, workloads });
  const connection = openClient(() => loadKubeConfig(controlPlane.kubeconfig), { timeoutMs: 30_000 });
  const read = async (path: string) => {
    const { status, body } = await get(connection, path);
    if (status === 200) return body;
    if (status === 404) return undefined;
    throw new Error(`${path}: ${JSON.stringify(body)}`);
  };
  return {
    controlPlane,
    connection,
    read,
    list: async (path) => (await read(path)).items,
    stop: async () => {
      await connection.close();
      await controlPlane.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Applies the CRD and starts helm-operator with the rights of operator/config, and the reporter beside it. */
export async function addOperator({
  controlPlane,
}: WorkloadCluster): Promise<Operator & { readonly reporter: Component }> {
  await applyCrd(controlPlane, join(import.meta.dirname, '../../crd/devmachine-crd.yaml'));
  const operator = await startOperator(controlPlane);
  return { ...operator, reporter: await startReporter(controlPlane, operator) };
}

const TIMEOUT_MS = 60_000;

/** Polls like `waitFor` of until.ts, for longer: starting a workload takes several reconciliations. */
export const waitFor = <T>(what: string, find: () => Promise<T | undefined | false>): Promise<T> =>
  poll(what, find, { timeoutMs: TIMEOUT_MS, intervalMs: 50 });

/** The name of every machine that `newMachine` prepares. */
export const MACHINE = 'my-devmachine';

/** Creates a namespace for a machine. Returns functions that write the machine and read its dependents. */
export async function newMachine(cluster: WorkloadCluster) {
  const { connection, list, read } = cluster;
  const namespace = await createNamespace(connection);
  const core = `/api/v1/namespaces/${namespace}`;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const path = machinePath({ namespace, name: MACHINE });
  const paths = {
    deployment: `${apps}/deployments/${MACHINE}`,
    ingress: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${MACHINE}`,
    service: `${core}/services/${MACHINE}`,
  };
  const identity = ({ metadata }: Stored) => `${metadata.name} ${metadata.uid}`;
  const conditions = async (): Promise<Stored[]> => (await read(path))?.status?.conditions ?? [];
  const machine = {
    paths,
    stored: () => read(path),
    apply: async (spec: object) => {
      const response = await applyAs(
        connection,
        'devmachine-api',
        path,
        manifest(spec, { name: MACHINE, namespace }),
      );
      assert.ok(response.status < 300, JSON.stringify(response.body));
    },
    delete: () => remove(cluster, path),
    pods: () => list(`${core}/pods`),
    running: () =>
      waitFor('a running pod', async () => {
        const [pod, ...others] = await machine.pods();
        return others.length === 0 && pod?.status.phase === 'Running' && pod;
      }),
    deployment: () => read(paths.deployment),
    replicaSets: async () => (await list(`${apps}/replicasets`)).map(identity),
    ingress: () => read(paths.ingress),
    /** What leads to the pod: the specs of the Service, the Ingress and the network policies. */
    surroundings: async () => ({
      service: (await read(paths.service))?.spec,
      ingress: (await machine.ingress())?.spec,
      policies: (await list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`)).map(
        ({ spec }) => spec,
      ),
    }),
    /** Resolves when the operator has begun at least `count` more releases: an attempt that is rolled back is two. */
    attempts: async (count: number) => {
      const seen = new Set(await machine.releases());
      const known = seen.size;
      await waitFor(`${count} releases`, async () => {
        for (const release of await machine.releases()) seen.add(release);
        return seen.size - known >= count;
      });
    },
    disk: () => read(`${core}/persistentvolumeclaims/${MACHINE}-disk`),
    access: () => read(`${core}/secrets/${MACHINE}-access`),
    releases: async () => (await list(`${core}/secrets?labelSelector=owner%3Dhelm`)).map(identity),
    condition: (type: string, status: string) =>
      waitFor(`${type} ${status}`, async () =>
        (await conditions()).find((condition) => condition.type === type && condition.status === status),
      ),
    settled: () =>
      waitFor('no failure', async () => {
        const types = (await conditions()).map(({ type }) => type);
        return (
          types.includes('Deployed') && !types.includes('ReleaseFailed') && !types.includes('Irreconcilable')
        );
      }),
    /** Makes the operator reconcile the machine. It has finished when it has restored the Deployment, its last object. */
    reconcile: async () => {
      const label = 'app.kubernetes.io/part-of';
      const { body } = await mergePatch(connection, paths.deployment, {
        metadata: { labels: { [label]: 'changed' } },
      });
      await mergePatch(connection, path, {
        metadata: { annotations: { reconcile: body.metadata.resourceVersion } },
      });
      await waitFor(
        'the label to be restored',
        async () => (await machine.deployment()).metadata.labels[label] !== 'changed',
      );
    },
    deleted: () =>
      waitFor('the deletion of the machine and its dependents', async () => {
        const remaining = await Promise.all([
          read(path),
          machine.deployment(),
          machine.pods(),
          machine.releases(),
        ]);
        return !remaining.flat().some(Boolean);
      }),
  };
  return { machine, namespace };
}

/** The manifest of the only release in a namespace that is deployed; undefined if there is none. */
export async function deployedManifest(
  { list }: WorkloadCluster,
  namespace: string,
): Promise<string | undefined> {
  const selector = 'owner%3Dhelm%2Cstatus%3Ddeployed';
  const [release] = await list(`/api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`);
  if (!release) return undefined;
  const packed = Buffer.from(Buffer.from(release.data.release, 'base64').toString(), 'base64');
  return JSON.parse(gunzipSync(packed).toString()).manifest;
}

export async function remove({ connection }: WorkloadCluster, path: string): Promise<void> {
  const { status, body } = await connection.request({
    method: 'DELETE',
    path,
    signal: AbortSignal.timeout(30_000),
  });
  assert.ok(status < 300 || status === 404, JSON.stringify(body));
}
