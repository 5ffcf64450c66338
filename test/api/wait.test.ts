import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace } from '../support/cluster.ts';

test('a request waits for a phase of a machine in the cluster, and for its deletion', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, { WATCH_NAMESPACES: namespace, DEFAULT_NAMESPACE: namespace });
  const wait = (query: string) => api.call('GET', `/api/v1/devmachines/status?name=patient&${query}`);
  assert.equal((await wait('waitFor=Pending')).status, 404);
  await api.create(namespace, 'patient');
  const pending = await wait('waitFor=Pending');
  assert.deepEqual([pending.status, pending.body.phase], [200, 'Pending']);

  const began = performance.now();
  const late = await wait('waitFor=Running&timeoutSeconds=1');
  assert.deepEqual([late.status, late.body.phase], [200, 'Pending']);
  assert.ok(performance.now() - began > 900);

  const gone = wait('waitFor=Deleted&timeoutSeconds=60');
  await api.delete(namespace, 'patient');
  assert.equal((await gone).status, 404);
});
