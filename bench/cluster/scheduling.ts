import { applyObjects, type KubeObject } from '../../dev/apply.ts';
import { watch } from '../../src/kube/cache/watch.ts';
import { systemClock } from '../../src/kube/client/clock.ts';
import { create } from '../../test/support/cluster.ts';
import { startWorkloadCluster, type WorkloadCluster, waitFor } from '../../test/support/workloads.ts';
import { cpuSeconds } from '../backend.ts';
import { LOAD, movePid, SERVER } from '../cores.ts';
import { runningPod, waitingPod } from './objects.ts';
import { store } from './store.ts';

/** A control plane on whose nodes machine pods run. */
export interface Scheduling {
  /** Creates more pods while the scheduler is stopped, lets it continue, measures until each has a node, and deletes them. */
  schedule(count: number): Promise<Scheduled>;
  stop(): Promise<void>;
}

export interface Scheduled {
  /** From when the scheduler continues until each pod has a node. */
  readonly seconds: number;
  /** The scheduler's CPU time for one pod, in milliseconds. */
  readonly cpuMs: number;
}

/** All machines are in one namespace, so the scheduler has to compare the labels of all pods. */
const PODS = '/api/v1/namespaces/default/pods';
const NODES = 50;
const CONCURRENT = 16;

/** Starts the control plane. The scheduler has the core of the measured process, everything else the other one. */
export async function startScheduling(running: number, antiAffinity: boolean): Promise<Scheduling> {
  const cluster = await startWorkloadCluster();
  const { controlPlane, connection, stop } = cluster;
  const { apiserver, etcd, workloads } = controlPlane;
  if (workloads === undefined) throw new Error('the control plane has no scheduler');
  const { scheduler, controllerManager, nodes } = workloads;
  const [pid = 0, ...others] = [scheduler, apiserver, etcd, controllerManager, nodes].map(({ pid }) => pid);
  movePid(SERVER, pid);
  for (const other of others) if (other !== undefined) movePid(LOAD, other);
  await applyObjects(controlPlane, Array.from({ length: NODES }, toNode));
  await untilReady(cluster);
  const pods = Array.from({ length: running }, (_, index) =>
    runningPod(`running-${index}`, antiAffinity, `node-${index % NODES}`),
  );
  await store(controlPlane, 'pods', pods);
  let round = 0;

  return {
    async schedule(count) {
      round++;
      const names = Array.from({ length: count }, (_, index) => `new-${round}-${index}`);
      const watching = await watchScheduled(cluster, count);
      // Creating pods takes longer than scheduling them, so it would hide the difference.
      await scheduler.kill('SIGSTOP');
      await forEach(names, async (name) => {
        const { status, body } = await create(connection, PODS, waitingPod(name, antiAffinity));
        if (status !== 201) throw new Error(JSON.stringify(body));
      });
      const cpuBefore = cpuSeconds(pid);
      const startedAt = performance.now();
      await scheduler.kill('SIGCONT');
      await watching.allScheduled;
      const seconds = (performance.now() - startedAt) / 1_000;
      const cpuMs = ((cpuSeconds(pid) - cpuBefore) * 1_000) / count;
      await forEach(names, async (name) => {
        const signal = AbortSignal.timeout(30_000);
        const query = { gracePeriodSeconds: '0' };
        await connection.request({ method: 'DELETE', path: `${PODS}/${name}`, query, signal });
      });
      return { seconds, cpuMs };
    },
    stop,
  };
}

const toNode = (_: unknown, index: number): KubeObject => {
  const name = `node-${index}`;
  const capacity = { cpu: '64', memory: '512Gi', pods: '200' };
  const labels = {
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
  };
  const status = { capacity, allocatable: capacity };
  return Object.assign({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } }, { status });
};

/** Waits until pods can be created and stay: a node that is not ready yet evicts them. */
async function untilReady({ read, list }: WorkloadCluster): Promise<void> {
  await waitFor('nodes without taints', async () => {
    const nodes = (await list('/api/v1/nodes')).filter(({ metadata }) => metadata.name.startsWith('node-'));
    return nodes.every(({ spec }) => spec.taints === undefined);
  });
  await waitFor('the service account', () => read('/api/v1/namespaces/default/serviceaccounts/default'));
}

/** Resolves once the watch is open, with a promise that resolves when `count` pods have been given a node. */
async function watchScheduled({ connection: client, read }: WorkloadCluster, count: number) {
  let { resourceVersion } = (await read(`${PODS}?limit=1`)).metadata;
  const open = Promise.withResolvers<void>();
  const { signal } = new AbortController();
  // A pod that has a node no longer matches the selector: the watch reports it as deleted.
  const selectors = { fieldSelector: 'spec.nodeName=' };
  const options = { client, path: PODS, selectors, silenceMs: 60_000, clock: systemClock, signal };
  const wait = async () => {
    let missing = count;
    // The API server ends a watch whose events come faster than the client reads.
    while (missing > 0) {
      for await (const event of watch({ ...options, resourceVersion, onOpen: open.resolve })) {
        resourceVersion = event.object.metadata.resourceVersion;
        if (event.type === 'DELETED' && --missing === 0) break;
      }
    }
  };
  const allScheduled = wait();
  await Promise.race([open.promise, allScheduled]);
  return { allScheduled };
}

/** Calls `work` for each item, some at a time. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const next = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENT }, next));
}
