import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { mergePatch } from '../support/cluster.ts';
import { type History, podUids, record } from '../support/history.ts';
import { forbid, limit, type Refusal } from '../support/refusals.ts';
import {
  addOperator,
  MACHINE,
  newMachine,
  type Stored,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';

/** A change that the cluster refuses leaves the running machine alone, however often the operator tries. */

const { ingressDomain: _, storage, ...DISKLESS } = EXAMPLE_SPEC;
const HOST = 'old.example.com';
const NEW_HOST = 'new.example.com';
const { template: __, ...PLAIN } = DISKLESS;

interface Case {
  readonly name: string;
  readonly spec: object;
  /** What the refused request changes besides the cpu. */
  readonly change: object;
  refuse(cluster: WorkloadCluster, namespace: string): Promise<Refusal>;
}

const CASES: readonly Case[] = [
  {
    name: 'a quota on Ingresses',
    spec: DISKLESS,
    change: { ingressDomain: NEW_HOST },
    refuse: (cluster, namespace) => limit(cluster, namespace, { 'count/ingresses.networking.k8s.io': '0' }),
  },
  {
    name: 'a quota on Services',
    spec: { ...PLAIN, ingressDomain: undefined },
    change: { port: 8080 },
    refuse: (cluster, namespace) => limit(cluster, namespace, { services: '0' }),
  },
  {
    name: 'an admission policy on the Ingress',
    spec: { ...DISKLESS, ingressDomain: HOST },
    change: { ingressDomain: NEW_HOST },
    refuse: (cluster, namespace) =>
      forbid(cluster, namespace, {
        group: 'networking.k8s.io',
        resource: 'ingresses',
        when: `object.spec.rules[0].host == '${NEW_HOST}'`,
      }),
  },
];

let cluster: WorkloadCluster;
let pods: History;
const stop = new AbortController();

before(async () => {
  cluster = await startWorkloadCluster();
  await addOperator(cluster);
  pods = await record(cluster.connection, '/api/v1/pods', stop.signal);
});

after(async () => {
  stop.abort();
  await pods?.stopped;
  await cluster?.stop();
});

describe('a refused change', { concurrency: 2 }, () => {
  for (const disk of [false, true]) {
    for (const { name, spec, change, refuse } of CASES) {
      test(`${name} refuses a change of a machine ${disk ? 'with' : 'without'} a disk`, async () => {
        const old = disk ? { ...spec, storage } : spec;
        await assertLeftAlone(old, { ...old, ...change, cpu: 3 }, refuse);
      });
    }
  }

  test('a quota refuses a larger disk', () =>
    assertLeftAlone(
      { ...DISKLESS, ingressDomain: HOST, storage: { size: '1Gi' } },
      { ...DISKLESS, ingressDomain: NEW_HOST, storage: { size: '2Gi' }, cpu: 3 },
      (target, namespace) => limit(target, namespace, { 'requests.storage': '1Gi' }),
    ));

  test('a quota refuses a disk', () =>
    assertLeftAlone(
      { ...DISKLESS, ingressDomain: HOST },
      { ...DISKLESS, ingressDomain: NEW_HOST, storage: { size: '1Gi' }, cpu: 3 },
      (target, namespace) => limit(target, namespace, { persistentvolumeclaims: '0' }),
    ));

  for (const disk of [false, true]) {
    test(`a pod that is refused costs one restart, ${disk ? 'with' : 'without'} a disk`, async () => {
      const { machine, namespace } = await newMachine(cluster);
      const spec = { ...DISKLESS, ingressDomain: HOST, ...(disk ? { storage } : {}) };
      await machine.apply(spec);
      await machine.running();
      await machine.settled();
      const refusal = await forbid(cluster, namespace, {
        group: '',
        resource: 'pods',
        when: "object.spec.containers[0].resources.limits.cpu == '3'",
      });
      await machine.apply({ ...spec, cpu: 3 });
      await waitFor('the refusal of the pod', async () =>
        (await machine.deployment()).status.conditions.some(
          ({ type, status }: Stored) => type === 'ReplicaFailure' && status === 'True',
        ),
      );
      await machine.reconcile();
      assert.equal(podUids(pods, namespace, MACHINE).length, 1);
      await refusal.lift();
      await machine.apply({ ...spec, cpu: 3, restartedAt: '2026-01-01T00:00:00Z' });
      await machine.running();
      assert.equal(podUids(pods, namespace, MACHINE).length, 2);
    });
  }

  test('an admission policy refuses the Deployment: the pod stays, and the Ingress leads to it', async () => {
    const { machine, namespace } = await newMachine(cluster);
    const spec = { ...DISKLESS, ingressDomain: HOST };
    await machine.apply(spec);
    const pod = await machine.running();
    await machine.settled();
    await forbid(cluster, namespace, {
      group: 'apps',
      resource: 'deployments',
      when: "object.spec.template.spec.containers[0].resources.limits.cpu == '3'",
    });
    const attempted = machine.attempts(5);
    await machine.apply({ ...spec, ingressDomain: NEW_HOST, cpu: 3 });
    await machine.condition('ReleaseFailed', 'True');
    await attempted;
    assert.deepEqual(podUids(pods, namespace, MACHINE), [pod.metadata.uid]);
    const { ingress, service } = await machine.surroundings();
    assert.equal(ingress.rules[0].http.paths[0].backend.service.port.name, service.ports[0].name);
    assert.equal(service.ports[0].targetPort, pod.spec.containers[0].ports[0].name);
  });

  test('a forged record leads to no other object', async () => {
    const { machine, namespace } = await newMachine(cluster);
    const spec = { ...DISKLESS, ingressDomain: HOST };
    await machine.apply(spec);
    await machine.running();
    await machine.settled();
    const { uid: _, resourceVersion: __, ...metadata } = (await machine.deployment()).metadata;
    const forged = { ...(await machine.deployment()), metadata: { ...metadata, name: 'forged' } };
    const annotate = (path: string, key: string, value: object) =>
      mergePatch(cluster.connection, path, {
        metadata: { annotations: { [`ide.example.com/${key}`]: JSON.stringify(value) } },
      });
    await annotate(machine.paths.ingress, 'manifest', forged);
    await annotate(machine.paths.deployment, 'started-with', {
      podTemplate: forged.spec.template,
      volumes: [{ claim: `${MACHINE}-m-1`, source: { hostPath: { path: '/' } } }],
    });
    await machine.apply({ ...spec, ingressDomain: NEW_HOST, stopped: true });
    await waitFor('the new host', async () => (await machine.ingress()).spec.rules[0].host === NEW_HOST);
    await waitFor('the end of the pod', async () => (await machine.pods()).length === 0);
    const deployments = await cluster.list(`/apis/apps/v1/namespaces/${namespace}/deployments`);
    assert.deepEqual(
      deployments.map(({ metadata: { name } }) => name),
      [MACHINE],
    );
    assert.equal(await cluster.read(`/api/v1/persistentvolumes/${namespace}-${MACHINE}-m-1`), undefined);
  });

  test('a machine is stopped whatever else is refused', async () => {
    const { machine, namespace } = await newMachine(cluster);
    const spec = { ...DISKLESS, ingressDomain: HOST };
    await machine.apply(spec);
    await machine.running();
    await machine.settled();
    await forbid(cluster, namespace, {
      group: 'networking.k8s.io',
      resource: 'ingresses',
      when: `object.spec.rules[0].host == '${NEW_HOST}'`,
    });
    await machine.apply({ ...spec, ingressDomain: NEW_HOST });
    await machine.condition('ReleaseFailed', 'True');
    const attempted = machine.attempts(5);
    await machine.apply({ ...spec, ingressDomain: NEW_HOST, stopped: true });
    await waitFor('the end of the pod', async () => (await machine.pods()).length === 0);
    await attempted;
    assert.equal(podUids(pods, namespace, MACHINE).length, 1);
  });
});

async function assertLeftAlone(old: object, changed: object, refuse: Case['refuse']) {
  const { machine, namespace } = await newMachine(cluster);
  await machine.apply(old);
  const pod = await machine.running();
  await machine.settled();
  if ('storage' in old)
    await waitFor('a bound disk', async () => (await machine.disk()).status.phase === 'Bound');
  const before = await machine.surroundings();

  const refusal = await refuse(cluster, namespace);
  const attempted = machine.attempts(5);
  await machine.apply(changed);
  const failed = await machine.condition('ReleaseFailed', 'True');
  assert.equal(failed.message, 'upgrade failed; rollback required');
  await attempted;
  assert.deepEqual(podUids(pods, namespace, MACHINE), [pod.metadata.uid]);
  // Between two attempts, everything fits the running pod.
  await waitFor(
    'the objects of the running pod',
    async () => JSON.stringify(await machine.surroundings()) === JSON.stringify(before),
  );

  await refusal.lift();
  await machine.apply({ ...changed, env: [{ name: 'ATTEMPT', value: '2' }] });
  await machine.settled();
  const replaced = await waitFor('the pod of the accepted change', async () => {
    const running = await machine.running();
    return running.metadata.uid !== pod.metadata.uid && running;
  });
  assert.deepEqual(podUids(pods, namespace, MACHINE), [pod.metadata.uid, replaced.metadata.uid]);
}
