import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { outcome } from '../support/machine-calls.ts';
import {
  addOperator,
  MACHINE,
  newMachine,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';

/** What the calls say about the objects that the real chart creates and leaves behind. */

const SPEC = { ...EXAMPLE_SPEC, storage: { size: '1Gi' } };

let cluster: WorkloadCluster;

before(async () => {
  cluster = await startWorkloadCluster();
  await addOperator(cluster);
});

after(() => cluster?.stop());

test('a disk and its password outlive the machine, serve the next one, and are deleted on request', async (t) => {
  const { machine, namespace } = await newMachine(cluster);
  const api = await startReadyApi(t, { KUBECONFIG: cluster.controlPlane.kubeconfig });
  const one = `namespace=${namespace}&name=${MACHINE}`;
  const access = () => api.call('GET', `/api/v1/devmachines/access?${one}`);
  const disks = async () => (await api.call('GET', `/api/v1/disks?namespace=${namespace}`)).body.items;
  const deleteDisk = () => api.call('DELETE', `/api/v1/disks?namespace=${namespace}&name=${MACHINE}-disk`);
  const deploy = async () => {
    const { status, body } = await api.create(namespace, MACHINE, SPEC);
    assert.equal(status, 201, JSON.stringify(body));
    await machine.running();
    await machine.settled();
    return body.metadata.uid as string;
  };
  const remove = async () => {
    assert.equal((await api.delete(namespace, MACHINE)).status, 202);
    await machine.deleted();
  };
  const uidOn = ({ metadata }: { metadata: { annotations: Record<string, string> } }) =>
    metadata.annotations['ide.example.com/machine-uid'];

  const uid = await deploy();
  const { status, body } = await access();
  assert.equal(status, 200);
  const { data } = await machine.access();
  assert.equal(body.password, Buffer.from(data.password, 'base64').toString());
  assert.match(body.password, /^[A-Za-z0-9]{32}$/);
  assert.equal(body.kind, 'password');
  assert.equal(outcome(await deleteDisk()), '409 disk-in-use');
  assert.deepEqual(await disks(), []);

  const { body: timeline } = await api.call('GET', `/api/v1/devmachines/timeline?${one}`);
  const seen: string[] = timeline.items.map(
    ({ reason, object }: { reason: string; object: { kind: string } }) => `${reason} ${object.kind}`,
  );
  const expected = ['SpecChanged DevMachine', 'ScalingReplicaSet Deployment', 'Scheduled Pod'];
  for (const event of [...expected, 'SuccessfulCreate ReplicaSet'])
    assert.ok(seen.includes(event), `${seen}`);

  await remove();
  const left = await machine.disk();
  assert.deepEqual(
    (await disks()).map(({ name, machine, size }: Record<string, string>) => [name, machine, size]),
    [[`${MACHINE}-disk`, MACHINE, SPEC.storage.size]],
  );
  assert.equal(uidOn(left), uid);

  const nextUid = await deploy();
  assert.deepEqual(await disks(), []);
  assert.equal((await access()).body.password, body.password);
  // The version that a request to delete it would name is no longer the present one.
  const taken = await machine.disk();
  assert.equal(taken.metadata.uid, left.metadata.uid);
  assert.notEqual(taken.metadata.resourceVersion, left.metadata.resourceVersion);
  for (const kept of [taken, await machine.access()]) assert.equal(uidOn(kept), nextUid);

  await remove();
  assert.equal(outcome(await deleteDisk()), '202');
  await waitFor(
    'the deletion of the disk and the password',
    async () => !(await machine.disk()) && !(await machine.access()),
  );
  assert.equal(outcome(await deleteDisk()), '404 disk-not-found');
});
