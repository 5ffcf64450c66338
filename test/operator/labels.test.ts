import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { applyCrd } from '../../dev/crd.ts';
import { type Operator, startOperator } from '../../dev/operator.ts';
import { forbid } from '../support/refusals.ts';
import {
  newMachine,
  type Stored,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';
import { VSCODE } from './cases/case.ts';
import { adminEnv } from './helm.ts';

/** The administrator's labels meet policies that demand them, and machines that run already. */

const SPEC = { ...VSCODE, storage: { size: '1Gi' } };
const COST_CENTER = { labels: 'cost-center: "4711"' };

let cluster: WorkloadCluster;
let operator: Operator | undefined;

before(async () => {
  cluster = await startWorkloadCluster();
  await applyCrd(cluster.controlPlane, new URL('../../crd/devmachine-crd.yaml', import.meta.url).pathname);
});

after(() => cluster?.stop());

/** Replaces the operator by one with these settings. */
async function configure(admin: Readonly<Record<string, string>>): Promise<void> {
  await operator?.component.stop();
  operator = await startOperator(cluster.controlPlane, { env: { ...process.env, ...adminEnv(admin) } });
}

const costCenter = ({ metadata }: Stored): string | undefined => metadata.labels['cost-center'];

test('a policy that demands a label refuses the pod without the mapping, and admits it with it', async () => {
  await configure({});
  const { machine, namespace } = await newMachine(cluster);
  const when = "!has(object.metadata.labels) || !('cost-center' in object.metadata.labels)";
  await forbid(cluster, namespace, { group: '', resource: 'pods', when });
  await machine.apply(SPEC);
  const failure = await waitFor('the refusal of the pod', async () =>
    (await machine.deployment())?.status?.conditions?.find(({ type }: Stored) => type === 'ReplicaFailure'),
  );
  assert.match(failure.message, /not allowed by the policy/);
  assert.deepEqual(await machine.pods(), []);

  await configure(COST_CENTER);
  await machine.apply({ ...SPEC, restartedAt: '2026-01-01T00:00:00Z' });
  const pod = await machine.running();
  assert.deepEqual([costCenter(pod), costCenter(await machine.disk())], ['4711', '4711']);
});

test('the Deployment of a running machine keeps its labels until the machine is stopped', async () => {
  await configure({ labels: 'queue: first' });
  const { machine, namespace } = await newMachine(cluster);
  await machine.apply(SPEC);
  const pod = await machine.running();
  await machine.settled();

  // As Kueue does: a machine does not change its queue while it runs.
  const isMoved =
    "oldObject != null && oldObject.metadata.labels['queue'] != object.metadata.labels['queue']";
  const when = `${isMoved} && has(oldObject.status.readyReplicas) && oldObject.status.readyReplicas > 0`;
  await forbid(cluster, namespace, { group: 'apps', resource: 'deployments', when });
  const queue = async () => (await machine.deployment()).metadata.labels['queue'];
  await configure({ labels: 'queue: second' });
  await machine.reconcile();
  assert.equal(await queue(), 'first');
  await waitFor(
    'the label of the claim',
    async () => (await machine.disk()).metadata.labels['queue'] === 'second',
  );
  assert.equal((await machine.running()).metadata.uid, pod.metadata.uid);

  const restarted = { ...SPEC, restartedAt: '2026-01-01T00:00:00Z' };
  await machine.apply(restarted);
  await waitFor('the next pod', async () => (await machine.running()).metadata.labels['queue'] === 'second');
  await machine.settled();
  assert.equal(await queue(), 'first');

  await machine.apply({ ...restarted, stopped: true });
  await waitFor('the end of the pod', async () => (await machine.pods()).length === 0);
  await machine.apply({ ...restarted, stopped: false });
  await machine.running();
  await machine.settled();
  assert.equal(await queue(), 'second');
});
