import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { objectsOf, startFakeOperator } from '../support/fake-operator.ts';
import {
  conflictManagers,
  gitopsApply,
  kubectlCreate,
  outcome,
  purge,
  put,
  stored,
} from '../support/machine-calls.ts';
import { until } from '../support/until.ts';

const { storage: _, ...DISKLESS } = EXAMPLE_SPEC;

/** Creates a machine, starts a fake operator for it, and waits until the operator has deployed it. */
async function setUp(t: TestContext, env: Record<string, string> = {}, spec: object = EXAMPLE_SPEC) {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, env);
  const operator = startFakeOperator(t, namespace, 'm');
  assert.equal((await api.create(namespace, 'm', spec)).status, 201);
  const deployed = () =>
    until(
      'a deployed release',
      async () => (await stored(cluster, namespace, 'm')).status?.deployedRelease !== undefined,
    );
  const exists = async (path: string) => {
    const { status, body } = await get(cluster, path);
    return status === 200 && !body.metadata.deletionTimestamp;
  };
  /** Whether the disk and the access Secret exist. */
  const dependentsExist = () => Promise.all(objectsOf(namespace, 'm').map((object) => exists(object.path)));
  const path = machinePath({ namespace, name: 'm' });
  await deployed();
  return {
    cluster,
    namespace,
    api,
    operator,
    path,
    deployed,
    machineDeleted: () =>
      until('the deletion of the machine', async () => (await get(cluster, path)).status === 404),
    dependentsExist,
    dependentsDeleted: () =>
      until('the deletion of the disk and the Secret', async () =>
        (await dependentsExist()).every((one) => !one),
      ),
  };
}

test('a delete keeps the disk and the access Secret; a purge deletes them', async (t) => {
  const { namespace, api, deployed, machineDeleted, dependentsExist, dependentsDeleted } = await setUp(t);
  assert.equal((await api.delete(namespace, 'm')).status, 202);
  await machineDeleted();
  assert.deepEqual(await dependentsExist(), [true, true]);
  assert.equal(outcome(await purge(api, namespace, 'm')), '404 machine-not-found');

  await until('a create to succeed', async () => (await api.create(namespace, 'm')).status === 201);
  await deployed();
  // After PURGE_TIMEOUT_SECONDS, it would be a 504.
  assert.equal((await purge(api, namespace, 'm')).status, 202);
  await machineDeleted();
  await dependentsDeleted();
});

test('a machine created with retention Delete, and one without a disk, can be purged', async (t) => {
  const first = await setUp(t, {}, { ...EXAMPLE_SPEC, storage: { size: '1Gi', retention: 'Delete' } });
  assert.equal((await purge(first.api, first.namespace, 'm')).status, 202);
  await first.machineDeleted();
  await first.dependentsDeleted();

  assert.equal((await first.api.create(first.namespace, 'diskless', DISKLESS)).status, 201);
  assert.equal((await purge(first.api, first.namespace, 'diskless')).status, 202);
  assert.equal((await first.api.status(first.namespace, 'diskless')).status, 404);
});

test('until the operator has deployed the new spec, a purge deletes nothing and asks to repeat the request', async (t) => {
  const { cluster, namespace, api, operator, machineDeleted, dependentsExist, dependentsDeleted } =
    await setUp(t, {
      PURGE_TIMEOUT_SECONDS: '1',
    });
  operator.paused = true;
  const refused = await purge(api, namespace, 'm');
  assert.equal(outcome(refused), '504 operator-timeout');
  assert.match(refused.body.detail, /^Nothing is deleted: .* within 1 s\. Repeat the request/);
  assert.equal(refused.headers['retry-after'], '5');
  assert.equal((await api.status(namespace, 'm')).body.spec.storage.retention, 'Delete');

  operator.failing = true;
  operator.paused = false;
  const failing = await purge(api, namespace, 'm');
  assert.equal(outcome(failing), '504 operator-timeout');
  assert.match(failing.body.detail, /It reports ReleaseFailed/);
  assert.deepEqual(await dependentsExist(), [true, true]);
  assert.equal((await stored(cluster, namespace, 'm')).metadata.deletionTimestamp, undefined);

  operator.failing = false;
  assert.equal((await purge(api, namespace, 'm')).status, 202);
  await machineDeleted();
  await dependentsDeleted();
});

test('a machine that no operator has deployed is not purged', async (t) => {
  const namespace = await createNamespace(connect(t));
  const api = await startReadyApi(t, { PURGE_TIMEOUT_SECONDS: '1' });
  assert.equal((await api.create(namespace, 'undeployed')).status, 201);
  assert.equal(outcome(await purge(api, namespace, 'undeployed')), '504 operator-timeout');
  assert.equal((await api.status(namespace, 'undeployed')).status, 200);
});

test('a purge waits for an operator that is still deploying an earlier spec', async (t) => {
  const spec = { ...EXAMPLE_SPEC, storage: { size: '1Gi', retention: 'Delete' } };
  const { cluster, namespace, api, operator, machineDeleted, dependentsDeleted } = await setUp(t, {}, spec);
  // The deployed release keeps nothing. The operator is about to deploy one that keeps the disk.
  operator.deployMs = 1_000;
  assert.equal((await put(api, namespace, 'm', EXAMPLE_SPEC)).status, 200);
  await until('the operator to read generation 2', () => operator.generation === 2);
  const { status } = await stored(cluster, namespace, 'm');
  assert.doesNotMatch(status.deployedRelease.manifest, /keep/);
  assert.equal((await purge(api, namespace, 'm')).status, 202);
  await machineDeleted();
  await dependentsDeleted();
});

test('a purge conflicts with the manager that applied Retain, and deletes nothing', async (t) => {
  const { cluster, namespace, api, dependentsExist } = await setUp(t);
  await gitopsApply(cluster, namespace, 'm', { storage: { size: '20Gi', retention: 'Retain' } });
  const refused = await purge(api, namespace, 'm');
  assert.equal(outcome(refused), '409 conflict');
  assert.deepEqual(conflictManagers(refused), { '/spec/storage/retention': ['gitops'] });
  assert.deepEqual(await dependentsExist(), [true, true]);
});

test('a machine created with kubectl can be purged', async (t) => {
  const { cluster, namespace, api, machineDeleted, dependentsDeleted } = await setUp(t);
  await api.delete(namespace, 'm');
  await machineDeleted();
  await kubectlCreate(cluster, namespace, 'm', EXAMPLE_SPEC);
  assert.equal((await purge(api, namespace, 'm')).status, 202);
  await machineDeleted();
  await dependentsDeleted();
});

test('on a machine that is being deleted, a purge succeeds if the disk is deleted too, and conflicts if it is kept', async (t) => {
  const { namespace, api, operator, deployed, machineDeleted, dependentsExist, dependentsDeleted } =
    await setUp(t);
  operator.paused = true;
  assert.equal((await api.delete(namespace, 'm')).status, 202);
  const refused = await purge(api, namespace, 'm');
  assert.equal(outcome(refused), '409 being-deleted');
  assert.match(refused.body.detail, /its disk and its access Secret stay/);
  operator.paused = false;
  await machineDeleted();
  assert.deepEqual(await dependentsExist(), [true, true]);

  assert.equal((await api.create(namespace, 'm')).status, 201);
  await deployed();
  const purges = [purge(api, namespace, 'm'), purge(api, namespace, 'm')];
  const outcomes = (await Promise.all(purges)).map(outcome);
  assert.ok(outcomes.includes('202'), outcomes.join());
  assert.ok(
    outcomes.every((one) => one === '202' || one === '404 machine-not-found'),
    outcomes.join(),
  );
  await dependentsDeleted();
});

test('a purge does not delete a machine that was re-created meanwhile', async (t) => {
  const { cluster, namespace, api, operator, path } = await setUp(t);
  operator.paused = true;
  const purged = purge(api, namespace, 'm');
  await until(
    'retention Delete',
    async () => (await stored(cluster, namespace, 'm')).spec.storage.retention === 'Delete',
  );
  await mergePatch(cluster, path, { metadata: { finalizers: null } });
  assert.equal((await api.delete(namespace, 'm')).status, 202);
  const recreated = await api.create(namespace, 'm');
  assert.equal(recreated.status, 201);
  const response = await purged;
  assert.equal(outcome(response), '404 machine-not-found');
  assert.match(response.body.detail, /Another request deleted the machine/);
  assert.deepEqual((await stored(cluster, namespace, 'm')).spec, recreated.body.spec);
});

test('a purge ends when its client disconnects', async (t) => {
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
  await until('a release without the keep policy', async () => {
    const { status } = await stored(cluster, namespace, 'm');
    return !status.deployedRelease.manifest.includes('keep');
  });
  await sleep(500);
  assert.equal((await stored(cluster, namespace, 'm')).metadata.deletionTimestamp, undefined);
});
