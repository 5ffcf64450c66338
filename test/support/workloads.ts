import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlPlane, startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { type Operator, startOperator } from '../../dev/operator.ts';
import { type ClusterClient, openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { manifest } from '../corpus/bodies.ts';
import { applyAs, createNamespace, get, mergePatch } from './cluster.ts';

// biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it
export type Stored = any;

/** A control plane on which what is stored also runs. */
export interface WorkloadCluster {
  readonly controlPlane: ControlPlane;
  /** As its administrator. */
  readonly connection: ClusterClient;
  /** undefined where there is no such object. */
  read(path: string): Promise<Stored>;
  list(path: string): Promise<Stored[]>;
  stop(): Promise<void>;
}

/** For one test file: start it in `before`, stop it in `after`. */
export async function startWorkloadCluster(): Promise<WorkloadCluster> {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const controlPlane = await startControlPlane({ stateDir, workloads: true });
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

/** Applies the CRD and starts helm-operator with the rights of operator/config. */
export async function addOperator({ controlPlane }: WorkloadCluster): Promise<Operator> {
  await applyCrd(controlPlane, join(import.meta.dirname, '../../crd/devmachine-crd.yaml'));
  return startOperator(controlPlane);
}

const PATIENCE_MS = 60_000;

/** Asks again and again until the answer is one; then gives it. Patient, and in the end it says what it waited for. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s`);
    await sleep(50);
  }
}

/** Of every machine that `newMachine` makes. */
export const MACHINE = 'my-devmachine';

/** A namespace of its own for a machine, and how to look at what becomes of it there. */
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
      const reply = await applyAs(
        connection,
        'devmachine-api',
        path,
        manifest(spec, { name: MACHINE, namespace }),
      );
      assert.ok(reply.status < 300, JSON.stringify(reply.body));
    },
    delete: () => remove(cluster, path),
    pods: () => list(`${core}/pods`),
    running: () =>
      waitFor('a running pod', async () => {
        const [pod, ...others] = await machine.pods();
        return others.length === 0 && pod?.status.phase === 'Running' && pod;
      }),
    deployment: () => read(paths.deployment),
    sets: async () => (await list(`${apps}/replicasets`)).map(identity),
    ingress: () => read(paths.ingress),
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
    /** Lets the operator take a turn: it is over when the Ingress, the last object, is there again. */
    turn: async () => {
      const { metadata } = await read(paths.ingress);
      await remove(cluster, paths.ingress);
      await mergePatch(connection, path, { metadata: { annotations: { turn: metadata.uid } } });
      await waitFor('a turn', () => read(paths.ingress));
    },
    gone: () =>
      waitFor('the end of the machine', async () => {
        const left = await Promise.all([
          read(path),
          machine.deployment(),
          machine.pods(),
          machine.releases(),
        ]);
        return !left.flat().some(Boolean);
      }),
  };
  return { machine, namespace };
}

export async function remove({ connection }: WorkloadCluster, path: string): Promise<void> {
  const reply = await connection.request({ method: 'DELETE', path, signal: AbortSignal.timeout(30_000) });
  assert.ok(reply.status < 300 || reply.status === 404, JSON.stringify(reply.body));
}
