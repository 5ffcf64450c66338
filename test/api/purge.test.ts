import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SPEC_DIGEST_ANNOTATION, specDigest } from '../../src/devmachine/status/spec-digest.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { accountIn } from '../support/account.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, create, createNamespace, mergePatch } from '../support/cluster.ts';
import { conflictManagers, gitopsApply, outcome, purge, stored } from '../support/machine-calls.ts';
import { until } from '../support/until.ts';

/** What a purge asks of the API server. test/operator/purge.test.ts has the operator's part. */

async function setUp(t: TestContext, env: Record<string, string> = {}) {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, env);
  assert.equal((await api.create(namespace, 'm', EXAMPLE_SPEC)).status, 201);
  const path = machinePath({ namespace, name: 'm' });
  const isReleased = async () => (await stored(cluster, namespace, 'm')).spec.storage.retention === 'Delete';
  return { cluster, namespace, api, path, released: () => until('retention Delete', isReleased) };
}

test('a machine that no operator has deployed is not purged', async (t) => {
  const { namespace, api } = await setUp(t, { PURGE_TIMEOUT_SECONDS: '1' });
  assert.equal(outcome(await purge(api, namespace, 'm')), '504 operator-timeout');
  assert.equal((await api.status(namespace, 'm')).status, 200);
});

test('a purge waits until the Deployment of this machine has the digest of the spec', async (t) => {
  const { cluster, namespace, api, released } = await setUp(t);
  const purged = purge(api, namespace, 'm');
  await released();
  const { spec, metadata } = await stored(cluster, namespace, 'm');
  await deploy(cluster, namespace, 'm', 'another machine', specDigest(spec));
  await sleep(600);
  assert.equal((await stored(cluster, namespace, 'm')).metadata.deletionTimestamp, undefined);
  await deploy(cluster, namespace, 'm', metadata.uid, specDigest(spec));
  assert.equal((await purged).status, 202);
});

test('without the right to list Deployments, a purge changes nothing and says so', async (t) => {
  const { cluster, namespace } = await setUp(t);
  const rules = [{ apiGroups: ['ide.example.com'], resources: ['devmachines'], verbs: ['*'] }];
  const kubeconfig = await accountIn(t, cluster, namespace, rules);
  const api = await startReadyApi(t, { KUBECONFIG: kubeconfig, WATCH_NAMESPACES: namespace });
  const refused = await purge(api, namespace, 'm');
  assert.equal(outcome(refused), '504 operator-timeout');
  assert.match(refused.body.detail, /^Nothing is deleted: the backend may not list Deployments/);
  assert.equal((await stored(cluster, namespace, 'm')).spec.storage.retention, 'Retain');
});

test('a purge conflicts with the manager that applied Retain, and deletes nothing', async (t) => {
  const { cluster, namespace, api } = await setUp(t);
  await gitopsApply(cluster, namespace, 'm', { storage: { size: '20Gi', retention: 'Retain' } });
  const refused = await purge(api, namespace, 'm');
  assert.equal(outcome(refused), '409 conflict');
  assert.deepEqual(conflictManagers(refused), { '/spec/storage/retention': ['gitops'] });
});

test('a purge does not delete a machine that was re-created meanwhile', async (t) => {
  const { cluster, namespace, api, released } = await setUp(t);
  const purged = purge(api, namespace, 'm');
  await released();
  assert.equal((await api.delete(namespace, 'm')).status, 202);
  const recreated = await api.create(namespace, 'm', EXAMPLE_SPEC);
  assert.equal(recreated.status, 201);
  const response = await purged;
  assert.equal(outcome(response), '404 machine-not-found');
  assert.match(response.body.detail, /Another request deleted the machine/);
  assert.deepEqual((await stored(cluster, namespace, 'm')).spec, recreated.body.spec);
});

test('a purge ends when its client disconnects', async (t) => {
  const { cluster, namespace, api, released } = await setUp(t);
  const caller = new AbortController();
  const call = fetch(`${api.url}/api/v1/devmachines?namespace=${namespace}&name=m&purge=true`, {
    method: 'DELETE',
    signal: caller.signal,
  });
  await released();
  caller.abort();
  await assert.rejects(call);
  await sleep(300);
  const { spec, metadata } = await stored(cluster, namespace, 'm');
  await deploy(cluster, namespace, 'm', metadata.uid, specDigest(spec));
  await sleep(600);
  assert.equal((await stored(cluster, namespace, 'm')).metadata.deletionTimestamp, undefined);
});

/** Creates or replaces the Deployment as the operator leaves it. */
async function deploy(cluster: ClusterClient, namespace: string, name: string, uid: string, digest: string) {
  const labels = { 'ide.example.com/devmachine': name };
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const owner = { apiVersion: 'ide.example.com/v1alpha1', kind: 'DevMachine', name, uid };
  const metadata = { annotations: { [SPEC_DIGEST_ANNOTATION]: digest }, labels, ownerReferences: [owner] };
  const containers = [{ name: 'machine', image: 'a/b:1' }];
  const { status } = await create(cluster, path, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...metadata },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  if (status === 201) return;
  assert.equal(status, 409);
  assert.equal((await mergePatch(cluster, `${path}/${name}`, { metadata })).status, 200);
}
