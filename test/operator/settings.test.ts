import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { applyCrd } from '../../dev/crd.ts';
import { type Operator, startOperator } from '../../dev/operator.ts';
import { mergePatch } from '../support/cluster.ts';
import { type History, podUids, record, type Version } from '../support/history.ts';
import {
  MACHINE,
  newMachine,
  type Stored,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';
import { CSI, DRIVER, HOST, PROXY, VSCODE } from './cases/case.ts';
import { adminEnv, OPERATOR } from './helm.ts';
import { unpackOlderChart } from './older-chart.ts';

/** The administrator's settings and the version of the chart change under running machines. */

const DISK = { storage: { size: '1Gi' } };
const SPEC = { ...VSCODE, ...HOST, ...DISK };
const BUCKET = { name: 'data', type: 's3', mountPath: '/data', s3: { bucket: 'data' } };
const SHARE = {
  name: 'team',
  type: 'nfs',
  mountPath: '/team',
  nfs: { server: 'nfs.example.com', path: '/x' },
};
const FILES = {
  name: 'files',
  type: 'csi',
  mountPath: '/files',
  csi: { driver: 'hfps.csi.example.com', path: '/x' },
};
const RESTART = { restartedAt: '2026-01-01T00:00:00Z' };

let cluster: WorkloadCluster;
let operator: Operator | undefined;
let histories: Readonly<Record<'pods' | 'ingresses' | 'services' | 'policies', History>>;
const stop = new AbortController();

before(async () => {
  cluster = await startWorkloadCluster();
  await applyCrd(cluster.controlPlane, new URL('../../crd/devmachine-crd.yaml', import.meta.url).pathname);
  const watch = (path: string) => record(cluster.connection, path, stop.signal);
  histories = {
    pods: await watch('/api/v1/pods'),
    services: await watch('/api/v1/services'),
    ingresses: await watch('/apis/networking.k8s.io/v1/ingresses'),
    policies: await watch('/apis/networking.k8s.io/v1/networkpolicies'),
  };
});

after(async () => {
  stop.abort();
  await Promise.all(Object.values(histories ?? {}).map(({ stopped }) => stopped));
  await cluster?.stop();
});

/** Replaces the operator by one with these settings. */
async function configure(admin: Readonly<Record<string, string>>, dir = OPERATOR): Promise<void> {
  await operator?.component.stop();
  operator = await startOperator(cluster.controlPlane, { env: { ...process.env, ...adminEnv(admin) }, dir });
}

async function startMachine(spec: object) {
  const { machine, namespace } = await newMachine(cluster);
  await machine.apply(spec);
  const pod = await machine.running();
  await machine.settled();
  return {
    ...machine,
    namespace,
    pod,
    uids: () => podUids(histories.pods, namespace, MACHINE),
    pending: (expected: boolean) =>
      waitFor(
        `restart-pending ${expected}`,
        async () => (annotation(await machine.deployment(), 'restart-pending') === 'true') === expected,
      ),
    /** Resolves when a pod other than the first one runs. */
    restarted: () =>
      waitFor('the next pod', async () => {
        const running = await machine.running();
        return running.metadata.uid !== pod.metadata.uid && running;
      }),
  };
}

const annotation = ({ metadata }: Stored, key: string): string | undefined =>
  metadata.annotations?.[`ide.example.com/${key}`];

test('a new image of the IDE arrives with the next restart, and drift is put back until then', async () => {
  await configure({ ideImage: 'registry.example.com/ide:1' });
  const machine = await startMachine(SPEC);
  await configure({ ideImage: 'registry.example.com/ide:2' });
  await machine.pending(true);
  await machine.settled();
  assert.deepEqual(machine.uids(), [machine.pod.metadata.uid]);

  await mergePatch(cluster.connection, machine.paths.deployment, {
    spec: { template: { spec: { initContainers: null } } },
  });
  await machine.reconcile();
  const [ide] = (await machine.deployment()).spec.template.spec.initContainers;
  assert.equal(ide.image, 'registry.example.com/ide:1');

  await machine.apply({ ...SPEC, ...RESTART });
  await machine.pending(false);
  const next = await waitFor('a pod with the new image', async () => {
    const running = await machine.running();
    return running.spec.initContainers?.[0].image === 'registry.example.com/ide:2' && running;
  });
  // The disk is not new any more, but the copy to it may have been interrupted.
  assert.deepEqual(initContainers(next), ['ide', 'user', 'home']);
  assert.equal(machine.uids().at(-1), next.metadata.uid);
});

test('the volumes of a running machine stay as they are when the driver changes', async () => {
  await configure(DRIVER);
  const machine = await startMachine({ ...VSCODE, mounts: [BUCKET] });
  const path = pathOfClaim(machine);
  await configure({ ...DRIVER, s3Region: 'r2', s3Parameters: 'other: "{bucket}"' });
  await machine.pending(true);
  await machine.reconcile();
  assert.equal((await cluster.read(path)).metadata.deletionTimestamp, undefined);
  assert.deepEqual(machine.uids(), [machine.pod.metadata.uid]);

  await machine.apply({ ...VSCODE, mounts: [BUCKET], ...RESTART });
  const next = await machine.restarted();
  assert.notDeepEqual(next.spec.volumes, machine.pod.spec.volumes);
  await waitFor('the end of the previous claim', async () => !(await cluster.read(path)));
});

test('a running machine keeps the volume of a driver that is not offered any more, and can be stopped', async () => {
  await configure(CSI);
  const spec = { ...VSCODE, mounts: [FILES] };
  const machine = await startMachine(spec);
  const path = pathOfClaim(machine);
  await configure({});
  await machine.pending(true);
  await machine.reconcile();
  assert.equal((await cluster.read(path)).metadata.deletionTimestamp, undefined);
  assert.deepEqual(machine.uids(), [machine.pod.metadata.uid]);

  await machine.apply({ ...spec, stopped: true });
  await waitFor('the end of the pod', async () => (await machine.pods()).length === 0);
  await waitFor('the end of the claim', async () => !(await cluster.read(path)));
});

/** The path of the claim of the machine's first mount. */
function pathOfClaim({
  namespace,
  pod,
}: Pick<Awaited<ReturnType<typeof startMachine>>, 'namespace' | 'pod'>) {
  const { persistentVolumeClaim } = pod.spec.volumes.find(({ name }: Stored) => name === 'mount-0');
  return `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${persistentVolumeClaim.claimName}`;
}

test('a machine is never open while the authenticating proxy is turned on and off', async () => {
  await configure({});
  const machines = [await startMachine(SPEC), await startMachine({ ...SPEC, stopped: false, cpu: 2 })];
  const [kept, restarting] = machines as [(typeof machines)[0], (typeof machines)[0]];
  let restarts = 0;
  const restart = () =>
    restarting.apply({ ...SPEC, cpu: 2, restartedAt: `2026-01-01T00:00:0${++restarts}Z` });
  for (const admin of [PROXY, {}, PROXY, {}]) {
    await configure(admin);
    await restarting.pending(true);
    await restart();
    await restarting.pending(false);
    await restarting.settled();
    await waitFor('the next pod', async () => {
      const { metadata } = await restarting.running();
      const proxied = admin === PROXY ? 'proxy' : 'password';
      return metadata.labels['ide.example.com/guard'] === proxied;
    });
    await kept.settled();
  }
  assert.deepEqual(kept.uids(), [kept.pod.metadata.uid]);
  assert.equal(restarting.uids().length, 5);
  for (const { namespace } of machines) assert.deepEqual(openings(namespace), []);
  assert.ok(guards(kept.namespace).has('password') && !guards(kept.namespace).has('proxy'));
  assert.ok(guards(restarting.namespace).has('proxy'), 'the proxy never guarded the machine');
});

test('machines that version 0.1.0 of the chart started go on without a restart', async (t) => {
  const dir = await unpackOlderChart(t);
  const admin = { ...PROXY, unguardedIngress: 'refuse' };
  await configure(admin, dir);
  const proxied = await startMachine(SPEC);
  const inside = await startMachine({ ...VSCODE, ...DISK, mounts: [SHARE] });
  const own = await startMachine({ ...SPEC, command: ['/bin/serve'] });
  const stopped = await startMachine(SPEC);
  await stopped.apply({ ...SPEC, stopped: true });
  await waitFor('the end of the pod', async () => (await stopped.pods()).length === 0);
  await stopped.settled();

  // The proxy goes at the same time: its machines keep it until they restart.
  await configure({ unguardedIngress: 'refuse' });
  for (const machine of [proxied, inside, own]) {
    await machine.pending(true);
    await machine.settled();
    await machine.reconcile();
    assert.deepEqual(machine.uids(), [machine.pod.metadata.uid]);
  }
  assert.equal((await stopped.pods()).length, 0);
  assert.ok((await proxied.ingress()).metadata.annotations['nginx.ingress.kubernetes.io/auth-url']);
  await assertReachable(proxied);
  await assertReachable(own);

  for (const [machine, spec] of [
    [proxied, SPEC],
    [inside, { ...VSCODE, ...DISK, mounts: [SHARE] }],
  ] as const) {
    await machine.apply({ ...spec, ...RESTART });
    const next = await machine.restarted();
    assert.equal(next.metadata.labels['ide.example.com/guard'], 'password');
    // Somebody may have emptied the disk.
    assert.deepEqual(initContainers(next), ['ide', 'user']);
    await machine.pending(false);
  }
  await stopped.apply({ ...SPEC, stopped: false });
  await stopped.running();
  for (const { namespace } of [proxied, inside, own, stopped]) assert.deepEqual(openings(namespace), []);

  // Its own server has no guard any more, so it does not start again; it can be stopped.
  await own.apply({ ...SPEC, command: ['/bin/serve'], stopped: true });
  await waitFor('the end of the pod', async () => (await own.pods()).length === 0);
});

const initContainers = ({ spec }: Stored): string[] => spec.initContainers.map(({ name }: Stored) => name);

/** The Ingress leads to a port of the running pod, through the Service. */
async function assertReachable(machine: Awaited<ReturnType<typeof startMachine>>): Promise<void> {
  const { ingress, service } = await machine.surroundings();
  const [{ backend }] = ingress.rules[0].http.paths;
  const port = service.ports.find(({ name }: Stored) => name === backend.service.port.name);
  assert.equal(port.targetPort, machine.pod.spec.containers[0].ports[0].name);
}

const own = ({ versions }: History, namespace: string): Version[] =>
  versions.filter((version) => version.namespace === namespace && !version.deleted);

const hasPassword = (pod: Stored): boolean => JSON.stringify(pod.spec.containers).includes('-access');

const isProxied = ({ metadata }: Stored): boolean =>
  metadata.annotations?.['nginx.ingress.kubernetes.io/auth-url'] !== undefined;

const guards = (namespace: string): Set<string> =>
  new Set(own(histories.pods, namespace).map(({ object }) => (hasPassword(object) ? 'password' : 'proxy')));

/**
 * The ways to a pod without a password that do not pass the proxy. A controller may see the versions of different objects in
 * any order, so every version of one is combined with every version of the others.
 */
function openings(namespace: string): string[] {
  const unguarded = own(histories.pods, namespace).filter(({ object }) => !hasPassword(object));
  const services = own(histories.services, namespace).map(({ object }) => object);
  const ingresses = own(histories.ingresses, namespace).filter(({ object }) => !isProxied(object));
  const policies = own(histories.policies, namespace);
  const ways = unguarded.flatMap(({ object: pod }) => [
    ...ingresses
      .filter(({ object }) => services.some((service) => leadsTo(object, service, pod)))
      .map(({ resourceVersion }) => `${pod.metadata.name}: the Ingress of version ${resourceVersion}`),
    ...policies
      .filter(({ object }) => admitsNamespace(object, pod))
      .map(({ name }) => `${pod.metadata.name}: the policy ${name}`),
  ]);
  return [...new Set(ways)];
}

function leadsTo(ingress: Stored, service: Stored, pod: Stored): boolean {
  const [{ backend }] = ingress.spec.rules[0].http.paths;
  const port = service.spec.ports.find(({ name }: Stored) => name === backend.service.port.name);
  return pod.spec.containers[0].ports.some(({ name }: Stored) => name === port?.targetPort);
}

function admitsNamespace({ spec: { podSelector, ingress = [] } }: Stored, { metadata }: Stored): boolean {
  const labels = Object.entries(podSelector.matchLabels);
  if (!labels.every(([key, value]) => metadata.labels[key] === value)) return false;
  return ingress.some(({ from }: Stored) => from.some((peer: Stored) => peer.podSelector));
}
