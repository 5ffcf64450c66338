import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { faults, gist, gitopsApply, kubectlCreate, purge, put, stored } from '../support/changes.ts';
import { connect, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { objectsOf, playOperator } from '../support/operator.ts';
import { until } from '../support/until.ts';

const { storage: _, ...DISKLESS } = EXAMPLE_SPEC;

/** A deployed machine, with a simulated operator of its own. */
async function setUp(t: TestContext, env: Record<string, string> = {}, spec: object = EXAMPLE_SPEC) {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, env);
  const operator = playOperator(t, namespace, 'm');
  assert.equal((await api.create(namespace, 'm', spec)).status, 201);
  const deployed = () =>
    until(
      'a deployed release',
      async () => (await stored(cluster, namespace, 'm')).status?.deployedRelease !== undefined,
    );
  const isThere = async (path: string) => {
    const { status, body } = await get(cluster, path);
    return status === 200 && !body.metadata.deletionTimestamp;
  };
  const path = machinePath({ namespace, name: 'm' });
  await deployed();
  return {
    cluster,
    namespace,
    api,
    operator,
    path,
    deployed,
    gone: () => until('the machine to be gone', async () => (await get(cluster, path)).status === 404),
    /** Whether the disk and the access Secret exist. */
    left: () => Promise.all(objectsOf(namespace, 'm').map((object) => isThere(object.path))),
  };
}

test('delete keeps the disk and the access Secret, purge deletes them', async (t) => {
  const { namespace, api, deployed, gone, left } = await setUp(t);
  assert.equal((await api.delete(namespace, 'm')).status, 202);
  await gone();
  assert.deepEqual(await left(), [true, true]);
  assert.equal(gist(await purge(api, namespace, 'm')), '404 machine-not-found');

  await until('a create to succeed', async () => (await api.create(namespace, 'm')).status === 201);
  await deployed();
  assert.equal((await purge(api, namespace, 'm')).status, 202);
  await gone();
  await until('the disk and the Secret to be gone', async () => (await left()).every((there) => !there));
});

test('a purge of a machine with retention Delete, and of one without a disk', async (t) => {
  const first = await setUp(t, {}, { ...EXAMPLE_SPEC, storage: { size: '1Gi', retention: 'Delete' } });
  assert.equal((await purge(first.api, first.namespace, 'm')).status, 202);
  await first.gone();
  await until('the disk and the Secret to be gone', async () =>
    (await first.left()).every((there) => !there),
  );

  assert.equal((await first.api.create(first.namespace, 'diskless', DISKLESS)).status, 201);
  assert.equal((await purge(first.api, first.namespace, 'diskless')).status, 202);
  assert.equal((await first.api.status(first.namespace, 'diskless')).status, 404);
});

test('nothing is purged until the operator has applied the retention, and the error says what to do', async (t) => {
  const { cluster, namespace, api, operator, left, gone } = await setUp(t, { PURGE_TIMEOUT_SECONDS: '1' });
  operator.paused = true;
  const late = await purge(api, namespace, 'm');
  assert.equal(gist(late), '504 operator-timeout');
  assert.match(late.body.detail, /^Nothing is deleted: .* within 1 s\. Repeat the request/);
  assert.equal(late.headers['retry-after'], '5');
  assert.equal((await api.status(namespace, 'm')).body.spec.storage.retention, 'Delete');

  operator.failing = true;
  operator.paused = false;
  const failing = await purge(api, namespace, 'm');
  assert.equal(gist(failing), '504 operator-timeout');
  assert.match(failing.body.detail, /It reports ReleaseFailed/);
  assert.deepEqual(await left(), [true, true]);
  assert.equal((await stored(cluster, namespace, 'm')).metadata.deletionTimestamp, undefined);

  operator.failing = false;
  assert.equal((await purge(api, namespace, 'm')).status, 202);
  await gone();
  await until('the disk and the Secret to be gone', async () => (await left()).every((there) => !there));
});

test('a machine that no operator has seen is not purged, because it is unknown what would be left', async (t) => {
  const namespace = await createNamespace(connect(t));
  const api = await startReadyApi(t, { PURGE_TIMEOUT_SECONDS: '1' });
  assert.equal((await api.create(namespace, 'unseen')).status, 201);
  assert.equal(gist(await purge(api, namespace, 'unseen')), '504 operator-timeout');
  assert.equal((await api.status(namespace, 'unseen')).status, 200);
});

test('a purge waits for an operator that still deploys an earlier spec', async (t) => {
  const spec = { ...EXAMPLE_SPEC, storage: { size: '1Gi', retention: 'Delete' } };
  const { cluster, namespace, api, operator, left, gone } = await setUp(t, {}, spec);
  // The current release keeps nothing, and the operator is about to deploy one that keeps the disk.
  operator.slowMs = 1_000;
  assert.equal((await put(api, namespace, 'm', EXAMPLE_SPEC)).status, 200);
  await until('the operator to read generation 2', () => operator.generation === 2);
  const { status } = await stored(cluster, namespace, 'm');
  assert.doesNotMatch(status.deployedRelease.manifest, /keep/);
  assert.equal((await purge(api, namespace, 'm')).status, 202);
  await gone();
  await until('the disk and the Secret to be gone', async () => (await left()).every((there) => !there));
});

test('a conflict names the manager that applied Retain, and nothing is deleted', async (t) => {
  const { cluster, namespace, api, left } = await setUp(t);
  await gitopsApply(cluster, namespace, 'm', { storage: { size: '20Gi', retention: 'Retain' } });
  const refused = await purge(api, namespace, 'm');
  assert.equal(gist(refused), '409 conflict');
  assert.deepEqual(faults(refused), { '/spec/storage/retention': ['gitops'] });
  assert.deepEqual(await left(), [true, true]);
});

test('a machine created by kubectl is purged', async (t) => {
  const { cluster, namespace, api, gone, left } = await setUp(t);
  await api.delete(namespace, 'm');
  await gone();
  await kubectlCreate(cluster, namespace, 'm', EXAMPLE_SPEC);
  assert.equal((await purge(api, namespace, 'm')).status, 202);
  await gone();
  await until('the disk and the Secret to be gone', async () => (await left()).every((there) => !there));
});

test('a purge during deletion succeeds if it was purged before, and is a 409 if the disk is kept', async (t) => {
  const { namespace, api, operator, deployed, gone, left } = await setUp(t);
  operator.paused = true;
  assert.equal((await api.delete(namespace, 'm')).status, 202);
  const late = await purge(api, namespace, 'm');
  assert.equal(gist(late), '409 being-deleted');
  assert.match(late.body.detail, /its disk and its access Secret stay/);
  operator.paused = false;
  await gone();
  assert.deepEqual(await left(), [true, true]);

  assert.equal((await api.create(namespace, 'm')).status, 201);
  await deployed();
  const [one, two] = [purge(api, namespace, 'm'), purge(api, namespace, 'm')];
  const answers = (await Promise.all([one, two])).map(gist);
  assert.ok(answers.includes('202'), answers.join());
  assert.ok(
    answers.every((answer) => answer === '202' || answer === '404 machine-not-found'),
    answers.join(),
  );
  await until('the disk and the Secret to be gone', async () => (await left()).every((there) => !there));
});

test('a purge does not touch a machine that was recreated in the meantime', async (t) => {
  const { cluster, namespace, api, operator, path } = await setUp(t);
  operator.paused = true;
  const purged = purge(api, namespace, 'm');
  await until(
    'retention Delete',
    async () => (await stored(cluster, namespace, 'm')).spec.storage.retention === 'Delete',
  );
  await mergePatch(cluster, path, { metadata: { finalizers: null } });
  assert.equal((await api.delete(namespace, 'm')).status, 202);
  const again = await api.create(namespace, 'm');
  assert.equal(again.status, 201);
  const answer = await purged;
  assert.equal(gist(answer), '404 machine-not-found');
  assert.match(answer.body.detail, /deleted by another request/);
  assert.deepEqual((await stored(cluster, namespace, 'm')).spec, again.body.spec);
});

test('a purge ends when its caller disconnects', async (t) => {
  const { cluster, namespace, api, operator } = await setUp(t);
  operator.paused = true;
  const caller = new AbortController();
  const call = fetch(`${api.url}/api/v1/devmachines?namespace=${namespace}&name=m&purge=true`, {
    method: 'DELETE',
    signal: caller.signal,
  });
  await until(
    'retention Delete',
    async () => (await stored(cluster, namespace, 'm')).spec.storage.retention === 'Delete',
  );
  caller.abort();
  await assert.rejects(call);
  await sleep(300);
  operator.paused = false;
  await until('a release that keeps nothing', async () => {
    const { status } = await stored(cluster, namespace, 'm');
    return !status.deployedRelease.manifest.includes('keep');
  });
  await sleep(500);
  assert.equal((await stored(cluster, namespace, 'm')).metadata.deletionTimestamp, undefined);
});
