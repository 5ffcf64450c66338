import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { applyAs, connect, createNamespace, mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';

test('the API reports machines that other clients create, change and delete', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const key = { namespace, name: 'by-kubectl' };
  const path = machinePath(key);
  await applyAs(cluster, 'kubectl', path, manifest(EXAMPLE_SPEC, key));
  assert.equal((await api.status(namespace, 'by-kubectl')).body.generation, 1);

  await mergePatch(cluster, path, { spec: { cpu: 7 } });
  await until('generation 2', async () => (await api.status(namespace, 'by-kubectl')).body.generation === 2);
  assert.equal((await api.status(namespace, 'by-kubectl')).body.spec.cpu, 7);

  await cluster.request({ method: 'DELETE', path, signal: t.signal });
  await until(
    'the deletion of the machine',
    async () => (await api.status(namespace, 'by-kubectl')).status === 404,
  );
});

test("a status contains the operator's conditions, but not its rendered manifest", async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  assert.equal((await api.create(namespace, 'deployed')).status, 201);
  const condition = {
    type: 'Deployed',
    status: 'True',
    reason: 'InstallSuccessful',
    message: 'installed',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const status = {
    conditions: [condition, { type: 'Bare', status: 'True' }],
    deployedRelease: { name: 'deployed', manifest: 'password: hunter2' },
  };
  const path = `${machinePath({ namespace, name: 'deployed' })}/status`;
  const patched = await mergePatch(cluster, path, { status });
  assert.equal(patched.status, 200);
  assert.deepEqual(patched.body.status.deployedRelease, { name: 'deployed' });

  await until('conditions', async () => (await api.status(namespace, 'deployed')).body.conditions.length > 0);
  const response = await api.status(namespace, 'deployed');
  assert.deepEqual(response.body.conditions, [condition, { type: 'Bare', status: 'True' }]);
  const repeated = await api.create(namespace, 'deployed');
  assert.equal(repeated.status, 200);
  assert.ok(!JSON.stringify([response.body, repeated.body]).includes('hunter2'));
});

test('an unchanged status returns 304', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  await api.create(namespace, 'tagged');
  const read = (etag: string) => api.status(namespace, 'tagged', { 'if-none-match': etag });
  const etag = String((await read('"other"')).headers['etag']);
  assert.match(etag, /^"[-0-9a-f]{36}\.[0-9]+\.[-_A-Za-z0-9]{16}"$/);
  for (const header of [etag, `W/${etag}`, `"a", ${etag}`, '*']) {
    const { status, body } = await read(header);
    assert.deepEqual({ status, body }, { status: 304, body: '' });
  }
  await mergePatch(cluster, machinePath({ namespace, name: 'tagged' }), { spec: { cpu: 3 } });
  await until('another ETag', async () => (await read(etag)).status === 200);
});

test('only the namespaces of WATCH_NAMESPACES are served', async (t) => {
  const cluster = connect(t);
  const [one, two, other] = [
    await createNamespace(cluster),
    await createNamespace(cluster),
    await createNamespace(cluster),
  ];
  const api = await startReadyApi(t, { WATCH_NAMESPACES: `${one}, ${two}`, DEFAULT_NAMESPACE: two });
  for (const namespace of [one, two]) {
    assert.equal((await api.create(namespace, 'mine')).status, 201);
    assert.equal((await api.status(namespace, 'mine')).body.namespace, namespace);
  }
  assert.equal((await api.call('GET', '/api/v1/devmachines/status?name=mine')).body.namespace, two);
  for (const response of [
    await api.create(other, 'mine'),
    await api.status(other, 'mine'),
    await api.delete(other, 'mine'),
  ]) {
    assert.equal(response.status, 404);
    assert.equal(response.body.type, 'urn:devmachine:problem:namespace-not-found');
  }
});
