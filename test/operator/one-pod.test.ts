import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Operator, startOperator } from '../../dev/operator.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { type Api, startReadyApi } from '../support/api.ts';
import { type History, overlaps, podUids, record } from '../support/history.ts';
import { power } from '../support/machine-calls.ts';
import { until } from '../support/until.ts';
import {
  addOperator,
  MACHINE,
  newMachine,
  remove,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';
import { unpackOlderChart } from './older-chart.ts';

/** A machine never has two pods on a node, and says what its next pod waits for. */

const { storage: _, ingressDomain: __, ...DISKLESS } = EXAMPLE_SPEC;
/** Until the node lifecycle controller notices (--node-monitor-grace-period, 50 s), and until pods of a deleted node go. */
const NODE_LOST = { timeoutMs: 150_000, intervalMs: 200 };

let cluster: WorkloadCluster;
let operator: Operator;
let pods: History;
const stop = new AbortController();

before(async () => {
  cluster = await startWorkloadCluster({ podEndMs: [15_000, 20_000] });
  operator = await addOperator(cluster);
  pods = await record(cluster.connection, '/api/v1/pods', stop.signal);
});

after(async () => {
  stop.abort();
  await pods?.stopped;
  await cluster?.stop();
});

const diagnosis = async (api: Api, namespace: string) => {
  const { phase, reason } = (await api.status(namespace, MACHINE)).body;
  return `${phase} ${reason}`;
};

for (const [name, spec] of [
  ['with a disk', { ...DISKLESS, storage: { size: '1Gi' } }],
  ['without a disk', DISKLESS],
] as const) {
  test(`a stop and a start at once, and a delete and a create, ${name}`, async (t) => {
    const { machine, namespace } = await newMachine(cluster);
    const api = await startReadyApi(t, { KUBECONFIG: cluster.controlPlane.kubeconfig });
    assert.equal((await api.create(namespace, MACHINE, spec)).status, 201);
    await machine.running();

    assert.equal((await power(api, 'stop', namespace, MACHINE)).status, 202);
    await waitFor('the pod to end', async () => (await machine.pods())[0].metadata.deletionTimestamp);
    assert.equal((await power(api, 'start', namespace, MACHINE)).status, 202);
    await waitFor('the next pod', async () => (await machine.pods()).length === 2);
    await until('Recreating', async () => (await diagnosis(api, namespace)) === 'Starting Recreating');
    await machine.running();

    assert.equal((await api.delete(namespace, MACHINE)).status, 202);
    await until('the create', async () => (await api.create(namespace, MACHINE, spec)).status === 201);
    await waitFor('the next pod', async () => (await machine.pods()).length === 2);
    await until('Recreating', async () => (await diagnosis(api, namespace)) === 'Starting Recreating');
    await machine.running();
    assert.equal(podUids(pods, namespace, MACHINE).length, 3);
    assert.deepEqual(overlaps(pods), []);
  });
}

test('a machine on a node that is lost waits, until the Node is deleted', async (t) => {
  const { machine, namespace } = await newMachine(cluster);
  const api = await startReadyApi(t, { KUBECONFIG: cluster.controlPlane.kubeconfig });
  assert.equal((await api.create(namespace, MACHINE, DISKLESS)).status, 201);
  const { spec } = await machine.running();
  const { nodes } = cluster.controlPlane.workloads ?? {};
  await nodes?.kill('SIGSTOP');
  const isNodeLost = async () => (await diagnosis(api, namespace)) === 'Starting NodeLost';
  await until('NodeLost', isNodeLost, NODE_LOST);

  assert.equal((await power(api, 'stop', namespace, MACHINE)).status, 202);
  await waitFor('the pod to be deleted', async () => (await machine.pods())[0].metadata.deletionTimestamp);
  assert.equal((await power(api, 'start', namespace, MACHINE)).status, 202);
  await waitFor('the next pod', async () => (await machine.pods()).length === 2);
  await until('NodeLost of the previous pod', isNodeLost);
  const { message, hint } = (await api.status(namespace, MACHINE)).body;
  assert.match(message, new RegExp(`The node ${spec.nodeName}, which runs the machine's previous pod`));
  assert.match(hint, /delete the Node, or to taint it with node\.kubernetes\.io\/out-of-service/);

  await remove(cluster, `/api/v1/nodes/${spec.nodeName}`);
  await until('the end of the pod', async () => (await machine.pods()).length === 1, NODE_LOST);
  // The other nodes come back.
  await nodes?.kill('SIGCONT');
  await machine.running();
  assert.deepEqual(overlaps(pods), []);
});

// The last test, because the others expect that no machine ever had two pods on a node.
test('version 0.1.0 of the chart, which has no anti-affinity, runs two pods after a stop and a start', async (t) => {
  await operator.component.stop();
  await startOperator(cluster.controlPlane, { dir: await unpackOlderChart(t) });
  const { machine } = await newMachine(cluster);
  await machine.apply(DISKLESS);
  await machine.running();
  await machine.settled();
  await machine.apply({ ...DISKLESS, stopped: true });
  await waitFor('the pod to end', async () => (await machine.pods())[0].metadata.deletionTimestamp);
  await machine.apply({ ...DISKLESS, stopped: false });
  await until('two pods on nodes', () => overlaps(pods).length > 0);
});
