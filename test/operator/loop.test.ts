import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Operator } from '../../dev/operator.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { mergePatch } from '../support/cluster.ts';
import {
  addOperator,
  MACHINE,
  newMachine,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';

/** A machine from the request to a running pod and its deletion, with helm-operator under the rights of config/rbac. */

const { ingressDomain, ...INSIDE } = EXAMPLE_SPEC;

let cluster: WorkloadCluster;
let operator: Operator;

before(async () => {
  cluster = await startWorkloadCluster();
  operator = await addOperator(cluster);
});

after(() => cluster?.stop());

test('the example becomes a running pod with a bound disk and an Ingress, and is deleted again', async (t) => {
  const { machine, namespace } = await newMachine(cluster);
  const api = await startReadyApi(t, { KUBECONFIG: cluster.controlPlane.kubeconfig });
  t.diagnostic(`the operator is ${operator.program}`);
  const began = performance.now();
  assert.equal((await api.create(namespace, MACHINE)).status, 201);
  const pod = await machine.running();
  t.diagnostic(`POST → Running: ${((performance.now() - began) / 1000).toFixed(2)} s`);

  assert.equal(pod.spec.containers[0].image, EXAMPLE_SPEC.image);
  assert.equal((await machine.disk()).status.phase, 'Bound');
  assert.equal((await machine.ingress()).spec.rules[0].host, ingressDomain);
  const deployed = await machine.condition('Deployed', 'True');
  assert.match(deployed.message, /deployed for the host mydev\.example\.com/);
  const { metadata } = await machine.stored();
  assert.deepEqual(metadata.finalizers, ['helm.sdk.operatorframework.io/uninstall-release']);
  await machine.reconcile();
  const [owner] = (await machine.deployment()).metadata.ownerReferences;
  assert.deepEqual([owner.kind, owner.uid, owner.controller], ['DevMachine', metadata.uid, true]);
  assert.equal((await machine.disk()).metadata.ownerReferences, undefined);
  assert.equal((await api.status(namespace, MACHINE)).body.conditions[0].type, 'Initialized');

  assert.equal((await api.delete(namespace, MACHINE)).status, 202);
  await machine.deleted();
  assert.equal((await machine.disk()).status.phase, 'Bound');
});

test('a machine that is created again gets the PVC, the volume and the password of the earlier one', async () => {
  const { machine } = await newMachine(cluster);
  await machine.apply(EXAMPLE_SPEC);
  await machine.running();
  const [disk, access] = [await machine.disk(), await machine.access()];
  await machine.delete();
  await machine.deleted();
  await machine.apply(EXAMPLE_SPEC);
  await machine.running();
  assert.equal((await machine.disk()).metadata.uid, disk.metadata.uid);
  assert.equal((await machine.disk()).spec.volumeName, disk.spec.volumeName);
  assert.equal((await machine.access()).metadata.uid, access.metadata.uid);
  assert.deepEqual((await machine.access()).data, access.data);
});

test('a reconcile reverts changes to the objects of a machine and changes nothing else', async () => {
  const { machine } = await newMachine(cluster);
  await machine.apply(EXAMPLE_SPEC);
  const pod = await machine.running();
  await machine.reconcile();
  const [sets, access, releases] = [
    await machine.replicaSets(),
    await machine.access(),
    await machine.releases(),
  ];
  assert.equal(releases.length, 1);
  await machine.reconcile();
  await machine.reconcile();
  assert.deepEqual(await machine.replicaSets(), sets);
  assert.deepEqual(await machine.access(), access);
  assert.deepEqual(await machine.releases(), releases);
  assert.equal((await machine.pods())[0].metadata.uid, pod.metadata.uid);

  const { deployment, service } = machine.paths;
  await mergePatch(cluster.connection, service, {
    spec: { selector: { 'ide.example.com/devmachine': 'other' } },
  });
  await mergePatch(cluster.connection, deployment, { spec: { replicas: 0 } });
  await waitFor('the deletion of the pod', async () => (await machine.pods()).length === 0);
  await machine.reconcile();
  await machine.running();
  const { selector } = (await cluster.read(service)).spec;
  assert.equal(selector['ide.example.com/devmachine'], MACHINE);
  assert.deepEqual(await machine.replicaSets(), sets);
  assert.deepEqual(await machine.releases(), releases);
});

test('stopping deletes the pod and starting creates one', async () => {
  const { machine } = await newMachine(cluster);
  await machine.apply(EXAMPLE_SPEC);
  await machine.running();
  await machine.apply({ ...EXAMPLE_SPEC, stopped: true });
  await waitFor('the deletion of the pod', async () => (await machine.pods()).length === 0);
  await waitFor('the notes of a stopped machine', async () => {
    const { message } = await machine.condition('Deployed', 'True');
    return /stopped\. Its disk is kept/.test(message);
  });
  await machine.apply({ ...EXAMPLE_SPEC, stopped: false });
  await machine.running();
  assert.equal((await machine.pods()).length, 1);
});

test('a disk is expanded, and with retention Delete it is deleted with its machine', async () => {
  const { machine } = await newMachine(cluster);
  const storage = { size: '1Gi', retention: 'Delete' };
  await machine.apply({ ...INSIDE, storage });
  await machine.running();
  const { spec } = await waitFor('a bound disk', async () => {
    const disk = await machine.disk();
    return disk.status.phase === 'Bound' && disk;
  });
  await machine.apply({ ...INSIDE, storage: { ...storage, size: '2Gi' } });
  await waitFor(
    'the expansion of the disk',
    async () => (await machine.disk()).status.capacity.storage === '2Gi',
  );
  await machine.delete();
  await machine.deleted();
  await waitFor('the deletion of the disk and the password', async () => {
    const volume = await cluster.read(`/api/v1/persistentvolumes/${spec.volumeName}`);
    return !(await machine.disk()) && !volume && !(await machine.access());
  });
});

test('changes made while the operator is down are reconciled when it restarts', async () => {
  const [changed, deleted, created] = [
    await newMachine(cluster),
    await newMachine(cluster),
    await newMachine(cluster),
  ];
  for (const { machine } of [changed, deleted]) await machine.apply(EXAMPLE_SPEC);
  for (const { machine } of [changed, deleted]) await machine.running();
  await operator.component.kill('SIGKILL');
  await changed.machine.apply({ ...EXAMPLE_SPEC, stopped: true });
  await deleted.machine.delete();
  await created.machine.apply(EXAMPLE_SPEC);
  await operator.component.start();
  await created.machine.running();
  await deleted.machine.deleted();
  await waitFor('the deletion of the pod', async () => (await changed.machine.pods()).length === 0);
});
