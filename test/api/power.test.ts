import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, FULL_SPEC } from '../corpus/bodies.ts';
import { type ApiResponse, startReadyApi } from '../support/api.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';
import {
  type Action,
  conflictManagers,
  gitopsApply,
  kubectlCreate,
  outcome,
  ownedFields,
  power,
  put,
  stored,
} from '../support/machine-calls.ts';

const ACTIONS: Action[] = ['stop', 'start', 'restart'];

test('stop, start and restart change only the power state; stop and start are idempotent', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const [api, other] = [await startReadyApi(t), await startReadyApi(t)];
  assert.equal((await api.create(namespace, 'full', FULL_SPEC)).status, 201);
  const call = async (action: Action, replica = api) => {
    const response = await power(replica, action, namespace, 'full');
    assert.equal(response.status, 202, JSON.stringify(response.body));
    assert.deepEqual((await replica.status(namespace, 'full')).body.spec, response.body.spec);
    const { stopped, restartedAt, ...spec } = response.body.spec;
    const { stopped: _, restartedAt: initial, ...expected } = FULL_SPEC;
    assert.deepEqual(spec, expected);
    return {
      stopped,
      restarted: restartedAt !== initial,
      generation: response.body.metadata.generation,
    };
  };
  const resultOf = async (action: Action, replica = api) => {
    const { stopped, restarted, generation } = await call(action, replica);
    return [stopped, restarted, generation];
  };

  assert.deepEqual(await resultOf('start'), [false, false, 1]);
  assert.deepEqual(await resultOf('stop'), [true, false, 2]);
  assert.deepEqual(await resultOf('stop', other), [true, false, 2]);
  assert.deepEqual(await resultOf('start', other), [false, false, 3]);
  assert.deepEqual(await resultOf('start'), [false, false, 3]);
  assert.deepEqual(await resultOf('restart'), [false, true, 4]);
  assert.deepEqual(await resultOf('stop'), [true, true, 5]);
  assert.deepEqual(await resultOf('restart'), [false, true, 6]);
  const restarts = await Promise.all(ACTIONS.map(() => power(other, 'restart', namespace, 'full')));
  assert.deepEqual(new Set(restarts.map(({ status }) => status)), new Set([202]));
  assert.equal(new Set(restarts.map(({ body }) => body.spec.restartedAt)).size, 3);
  ownedFields(await stored(cluster, namespace, 'full'));
});

test('power calls succeed without conditions and after a failed release, but not on a deleted or missing machine', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const path = machinePath({ namespace, name: 'any' });
  assert.equal((await api.create(namespace, 'any')).status, 201);
  const failed = [{ type: 'ReleaseFailed', status: 'True', reason: 'InstallError', message: 'no' }];
  for (const conditions of [[], failed]) {
    await mergePatch(cluster, `${path}/status`, { status: { conditions } });
    for (const action of ACTIONS) {
      assert.equal(outcome(await power(api, action, namespace, 'any')), '202');
    }
  }
  await mergePatch(cluster, path, { metadata: { finalizers: ['test.example.com/held'] } });
  await api.delete(namespace, 'any');
  const before = await stored(cluster, namespace, 'any');
  for (const action of ACTIONS) {
    assert.equal(outcome(await power(api, action, namespace, 'any')), '409 being-deleted');
    assert.equal(outcome(await power(api, action, namespace, 'absent')), '404 machine-not-found');
  }
  assert.deepEqual(await stored(cluster, namespace, 'any'), before);
  await mergePatch(cluster, path, { metadata: { finalizers: null } });
});

test('power calls own neither the fields of other managers nor the defaults', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const spec = {
    ...EXAMPLE_SPEC,
    env: [{ name: 'A', value: '1' }],
    nodeSelector: { disk: 'ssd' },
    args: ['x'],
  };
  assert.equal((await api.create(namespace, 'mixed', spec)).status, 201);
  const before = ownedFields(await stored(cluster, namespace, 'mixed'));
  const gitopsSpec = { env: [{ name: 'B', value: '2' }], nodeSelector: { zone: 'x' }, port: 9000 };
  await gitopsApply(cluster, namespace, 'mixed', gitopsSpec);

  for (const action of ['stop', 'restart', 'stop', 'start'] as const) {
    assert.equal(outcome(await power(api, action, namespace, 'mixed')), '202');
  }
  const object = await stored(cluster, namespace, 'mixed');
  assert.deepEqual(ownedFields(object), { ...before, 'f:stopped': {}, 'f:restartedAt': {} });
  assert.deepEqual(object.spec.env, [...spec.env, ...gitopsSpec.env]);
  // gitops can therefore still remove its fields.
  await gitopsApply(cluster, namespace, 'mixed', {});
  const { env, nodeSelector, port } = (await stored(cluster, namespace, 'mixed')).spec;
  assert.deepEqual([env, nodeSelector, port], [spec.env, spec.nodeSelector, undefined]);
});

test('of a machine that another client created, a power call owns only the power state', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  await kubectlCreate(cluster, namespace, 'created', FULL_SPEC);
  await gitopsApply(cluster, namespace, 'applied', EXAMPLE_SPEC);
  for (const name of ['created', 'applied']) {
    const { spec } = await stored(cluster, namespace, name);
    assert.equal(outcome(await power(api, 'stop', namespace, name)), '202');
    const object = await stored(cluster, namespace, name);
    assert.deepEqual(object.spec, { ...spec, stopped: true });
    assert.deepEqual(ownedFields(object), { 'f:stopped': {} });
    const started = await power(api, 'restart', namespace, name, name === 'created' ? '&force=true' : '');
    assert.equal(outcome(started), '202');
    assert.equal(started.body.spec.stopped, false);
  }
});

test('a power call conflicts with another manager of the power state, and force takes the field over', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const path = machinePath({ namespace, name: 'held' });
  const call = (action: Action, query = '') => power(api, action, namespace, 'held', query);
  assert.equal((await api.create(namespace, 'held')).status, 201);

  await mergePatch(cluster, path, { spec: { stopped: true } });
  assert.equal(outcome(await call('stop')), '202');
  for (const action of ['start', 'restart'] as const) {
    const refused = await call(action);
    assert.equal(outcome(refused), '409 conflict');
    assert.deepEqual(conflictManagers(refused), { '/spec/stopped': ['kubectl-edit'] });
  }
  assert.equal((await call('start', '&force=true')).body.spec.stopped, false);
  assert.equal(outcome(await call('stop')), '202');

  // An applied value is owned, even if it equals the default.
  await gitopsApply(cluster, namespace, 'held', { stopped: false, restartedAt: '2026-01-01T00:00:00Z' });
  assert.deepEqual(conflictManagers(await call('stop')), { '/spec/stopped': ['gitops'] });
  assert.deepEqual(conflictManagers(await call('restart')), { '/spec/restartedAt': ['gitops'] });
  assert.equal((await call('stop', '&force=true')).body.spec.stopped, true);
  assert.equal((await stored(cluster, namespace, 'held')).spec.restartedAt, '2026-01-01T00:00:00Z');
});

test('a replacement without `stopped` starts the machine', async (t) => {
  const namespace = await createNamespace(connect(t));
  const api = await startReadyApi(t);
  assert.equal((await api.create(namespace, 'replaced')).status, 201);
  assert.equal((await power(api, 'stop', namespace, 'replaced')).body.spec.stopped, true);
  assert.equal((await put(api, namespace, 'replaced', EXAMPLE_SPEC)).body.spec.stopped, false);
});

test('concurrent power calls at two replicas and edits by kubectl lose no update', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  const api = replicas[0] ?? assert.fail();
  const path = machinePath({ namespace, name: 'busy' });
  assert.equal((await api.create(namespace, 'busy', FULL_SPEC)).status, 201);
  const callers = Array.from({ length: 6 }, async (_, index) => {
    for (let round = 0; round < 8; round++) {
      const action = ACTIONS[(index + round) % 3] ?? assert.fail();
      const replica = replicas[index % 2] ?? api;
      const askedAt = Date.now();
      const { status, body } = await repeatOnContention(() => power(replica, action, namespace, 'busy'));
      assert.equal(status, 202, JSON.stringify(body));
      assert.equal(body.spec.stopped, action === 'stop');
      // Two calls in one millisecond at two replicas may be one restart, but never an earlier one.
      if (action === 'restart') assert.ok(Date.parse(body.spec.restartedAt) >= askedAt);
    }
  });
  const edits = Array.from({ length: 3 }, async (_, index) => {
    for (let count = 0; count < 20; count++) {
      const patch = { spec: { nodeSelector: { [`count-${index}`]: String(count) } } };
      assert.equal((await mergePatch(cluster, path, patch)).status, 200);
    }
  });
  await Promise.all([...callers, ...edits]);
  const object = await stored(cluster, namespace, 'busy');
  const { stopped: _, restartedAt: __, nodeSelector, ...spec } = object.spec;
  const { stopped: ___, restartedAt: ____, nodeSelector: initial, ...expected } = FULL_SPEC;
  assert.deepEqual(spec, expected);
  assert.deepEqual(nodeSelector, { ...initial, 'count-0': '19', 'count-1': '19', 'count-2': '19' });
  assert.equal(Object.keys(ownedFields(object)['f:nodeSelector'] as object).length, 2);
});

/** Repeats a call after Retry-After while the API responds that other clients changed the machine during each attempt. */
async function repeatOnContention(call: () => Promise<ApiResponse>): Promise<ApiResponse> {
  for (;;) {
    const response = await call();
    const retryAfter = response.headers['retry-after'];
    const isContention =
      response.status === 409 &&
      response.body.type === 'urn:devmachine:problem:conflict' &&
      retryAfter !== undefined;
    if (!isContention) return response;
    await sleep(Number(retryAfter) * 1_000);
  }
}
