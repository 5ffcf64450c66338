import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace } from '../support/cluster.ts';

test('waitFor waits for a phase of a machine and for its deletion', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, { WATCH_NAMESPACES: namespace, DEFAULT_NAMESPACE: namespace });
  const wait = (query: string) => api.call('GET', `/api/v1/devmachines/status?name=awaited&${query}`);
  assert.equal((await wait('waitFor=Pending')).status, 404);
  await api.create(namespace, 'awaited');
  const pending = await wait('waitFor=Pending');
  assert.deepEqual([pending.status, pending.body.phase], [200, 'Pending']);

  const startedAt = performance.now();
  const timedOut = await wait('waitFor=Running&timeoutSeconds=1');
  assert.deepEqual([timedOut.status, timedOut.body.phase], [200, 'Pending']);
  assert.ok(performance.now() - startedAt > 900);

  const deleted = wait('waitFor=Deleted&timeoutSeconds=60');
  await api.delete(namespace, 'awaited');
  assert.equal((await deleted).status, 404);
});
