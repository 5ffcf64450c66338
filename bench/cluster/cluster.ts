import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyNamespace, applyObjects, type KubeObject } from '../../dev/apply.ts';
import { type ControlPlane, startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { type ClusterClient, openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../../test/corpus/bodies.ts';
import { applyAs, create, get } from '../../test/support/cluster.ts';
import { LOAD, movePid } from '../cores.ts';
import { cloneMachine, DEPENDENTS, hostOf, machineKey, NAMESPACES } from './objects.ts';
import { type Raw, store } from './store.ts';

export interface Cluster {
  readonly controlPlane: ControlPlane;
  /** Authenticated as the administrator. */
  readonly connection: ClusterClient;
  /** Adds machines up to this number; resolves when the API server lists all of them. */
  grow(count: number): Promise<void>;
  /** Adds the dependents of a running machine to each machine: Deployment, Pod, PVC, Ingress and EndpointSlice. */
  addDependents(): Promise<void>;
  /** Changes the memory of all machines while the API server is down. Returns it. */
  changeAll(): Promise<string>;
  /** Lets a user read what a backend reads. */
  allow(user: string): Promise<void>;
  /** The same without pods. Restarts the API server, so that no watch of them stays open. */
  allowAllButPods(user: string): Promise<void>;
  /** Distinct tokens of an account that may read all machines. */
  createTokens(count: number): Promise<string[]>;
  /** Deletes all machines of a namespace. */
  clear(namespace: string): Promise<void>;
  stop(): Promise<void>;
}

/** The namespace of the account of createTokens. */
const READERS = 'readers';

/** It decodes 50,000 machines and their dependents before it is ready. */
const APISERVER_READY_MS = 300_000;

/** Starts an API server and etcd, on the core of the load. */
export async function startCluster(): Promise<Cluster> {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-bench-'));
  const controlPlane = await startControlPlane({ stateDir, apiserverReadyMs: APISERVER_READY_MS });
  const { apiserver, etcd } = controlPlane;
  const connection = openClient(() => loadKubeConfig(controlPlane.kubeconfig), { timeoutMs: 60_000 });
  await applyCrd(controlPlane, join(import.meta.dirname, '../../crd/devmachine-crd.yaml'));
  const teams = Array.from({ length: NAMESPACES }, (_, index) => `team-${index}`);
  for (const name of [...teams, 'creates', 'events']) await applyNamespace(controlPlane, name);
  const startApiserver = async () => {
    await apiserver.start();
    for (const { pid } of [apiserver, etcd]) if (pid !== undefined) movePid(LOAD, pid);
  };
  await startApiserver();
  const template = await createTemplate(connection);
  const machines: Raw[] = [];
  let changes = 0;

  return {
    controlPlane,
    connection,
    async grow(count) {
      const more = Array.from({ length: count - machines.length }, (_, index) =>
        cloneMachine(template, machines.length + index),
      );
      machines.push(...more);
      await store(controlPlane, 'ide.example.com/devmachines', more);
      await untilListed(connection, machinesPath(), count);
    },
    async addDependents() {
      for (const { resource, path, create } of DEPENDENTS) {
        await store(controlPlane, resource, machines.values().map(create));
        await untilListed(connection, path, machines.length);
      }
    },
    async changeAll() {
      await apiserver.stop();
      const memory = `${++changes}Gi`;
      for (const machine of machines) {
        machine.metadata.generation = changes + 1;
        machine.spec = { ...machine.spec, memory };
      }
      await store(controlPlane, 'ide.example.com/devmachines', machines);
      await startApiserver();
      return memory;
    },
    async allow(user) {
      await applyObjects(controlPlane, rolesFor(user, true));
    },
    async allowAllButPods(user) {
      await applyObjects(controlPlane, rolesFor(user, false));
      await apiserver.stop();
      await startApiserver();
    },
    async createTokens(count) {
      const user = `system:serviceaccount:${READERS}:reader`;
      await applyNamespace(controlPlane, READERS);
      const account = { metadata: { name: 'reader', namespace: READERS } };
      await applyObjects(controlPlane, [
        { apiVersion: 'v1', kind: 'ServiceAccount', ...account },
        ...rolesFor(user, false),
      ]);
      const tokens: string[] = [];
      const path = `/api/v1/namespaces/${READERS}/serviceaccounts/reader`;
      const work = async () => {
        while (tokens.length < count) {
          const { status, body } = await create(connection, `${path}/token`, {
            spec: { expirationSeconds: 7_200 },
          });
          if (status !== 201) throw new Error(JSON.stringify(body));
          tokens.push(body.status.token);
        }
      };
      await Promise.all(Array.from({ length: 16 }, work));
      return tokens.slice(0, count);
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

/** The right to list and watch everything in the API groups of a backend, except pods if they are not wanted. */
function rolesFor(user: string, pods: boolean): KubeObject[] {
  const apiGroups = [
    '',
    'apps',
    'networking.k8s.io',
    'discovery.k8s.io',
    'cert-manager.io',
    'ide.example.com',
  ];
  const others = ['persistentvolumeclaims', 'events', 'resourcequotas', 'deployments', 'ingresses'];
  const resources = [...others, 'ingressclasses', 'endpointslices', 'certificates', 'devmachines'];
  const rules = [
    { apiGroups, resources: [...resources, ...(pods ? ['pods'] : [])], verbs: ['get', 'list', 'watch'] },
  ];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }];
  const common = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: user } };
  const role = { ...common, kind: 'ClusterRole', rules };
  const binding = { ...common, kind: 'ClusterRoleBinding', roleRef, subjects };
  return [role, binding];
}

/** Creates the first machine, of which all others are copies. */
async function createTemplate(connection: ClusterClient): Promise<Raw> {
  const { name, namespace } = machineKey(0);
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

/**
 * Resolves when the API server lists `count` objects, and its watch cache has caught up: otherwise a first list would have to
 * wait for it.
 */
async function untilListed(connection: ClusterClient, path: string, count: number): Promise<void> {
  for (;;) {
    const { status, body } = await get(connection, `${path}?limit=1`);
    const listed = status === 200 ? body.items.length + (body.metadata.remainingItemCount ?? 0) : 0;
    const isCaughtUp = await hasReached(connection, path, body.metadata?.resourceVersion);
    if (listed >= count && isCaughtUp) return;
    await sleep(100);
  }
}

/** Whether the watch cache has reached a version: the API server refuses a newer one (504). */
async function hasReached(
  connection: ClusterClient,
  path: string,
  resourceVersion: string,
): Promise<boolean> {
  const query = new URLSearchParams({ limit: '1', resourceVersion, resourceVersionMatch: 'NotOlderThan' });
  return (await get(connection, `${path}?${query}`)).status === 200;
}
