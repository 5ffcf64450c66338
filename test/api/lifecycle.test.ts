import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, get } from '../support/cluster.ts';

/** The first request of the README, unchanged. */
const BODY =
  '{"apiVersion":"ide.example.com/v1alpha1","kind":"DevMachine","metadata":{"name":"my-devmachine"},"spec":{"cpu":2,"memory":"4Gi","gpu":0,"image":"registry.example.com:30443/inner/ubt22-cuda12.4-py310-torch2.6.0-gpu:3.0","template":"vscode-cpu","ingressDomain":"mydev.example.com","storage":{"size":"20Gi"}}}';

test('create, read, repeat the create, reject another spec, delete', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const url = `/api/v1/devmachines?namespace=${namespace}`;
  const name = 'my-devmachine';

  const created = await api.call('POST', url, BODY);
  assert.equal(created.status, 201);
  assert.equal(created.headers['location'], `/api/v1/devmachines/status?name=${name}&namespace=${namespace}`);
  assert.equal(created.body.metadata.uid.length, 36);
  assert.deepEqual(created.body.spec, {
    ...JSON.parse(BODY).spec,
    gpuResource: 'nvidia.com/gpu',
    stopped: false,
    storage: { size: '20Gi', accessMode: 'ReadWriteOnce', retention: 'Retain' },
  });

  const status = await api.call('GET', String(created.headers['location']));
  assert.equal(status.status, 200);
  const { message, hint, ...document } = status.body;
  assert.ok(message && hint);
  assert.deepEqual(document, {
    name,
    namespace,
    uid: created.body.metadata.uid,
    generation: 1,
    phase: 'Pending',
    ready: false,
    reason: 'AwaitingOperator',
    since: created.body.metadata.creationTimestamp,
    spec: created.body.spec,
    conditions: [],
    resources: { pods: [], unknown: [] },
    restarts: 0,
    restartPending: false,
    deleting: false,
  });

  const repeated = await api.call('POST', url, BODY);
  assert.equal(repeated.status, 200);
  assert.deepEqual(repeated.body, created.body);

  const other = await api.call('POST', url, BODY.replace('"cpu":2', '"cpu":4'));
  assert.equal(other.status, 409);
  assert.equal(other.headers['content-type'], 'application/problem+json; charset=utf-8');
  assert.equal(other.body.type, 'urn:devmachine:problem:already-exists');
  assert.deepEqual(other.body.errors, [
    {
      pointer: '/spec/cpu',
      message: "differs from the stored machine's (managed by devmachine-api)",
      source: 'kubernetes',
      managers: ['devmachine-api'],
    },
  ]);

  const stored = await get(cluster, machinePath({ namespace, name }));
  const [entry, ...others] = stored.body.metadata.managedFields;
  assert.deepEqual(others, []);
  assert.equal(entry.manager, 'devmachine-api');
  assert.equal(entry.operation, 'Apply');
  assert.deepEqual(Object.keys(entry.fieldsV1), ['f:spec']);

  assert.equal((await api.delete(namespace, name)).status, 202);
  assert.equal((await api.status(namespace, name)).status, 404);
  assert.equal((await api.delete(namespace, name)).status, 404);
});
