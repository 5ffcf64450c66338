import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, FULL_SPEC } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import {
  type Action,
  faults,
  gist,
  gitopsApply,
  kubectlCreate,
  ours,
  power,
  put,
  stored,
} from '../support/changes.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';

const ACTIONS: Action[] = ['stop', 'start', 'restart'];

test('stop, start and restart change only the power state, and are idempotent', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const [api, other] = [await startReadyApi(t), await startReadyApi(t)];
  assert.equal((await api.create(namespace, 'full', FULL_SPEC)).status, 201);
  const call = async (action: Action, replica = api) => {
    const answer = await power(replica, action, namespace, 'full');
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    assert.deepEqual((await replica.status(namespace, 'full')).body.spec, answer.body.spec);
    const { stopped, restartedAt, ...spec } = answer.body.spec;
    const { stopped: _, restartedAt: first, ...expected } = FULL_SPEC;
    assert.deepEqual(spec, expected);
    return {
      stopped,
      again: restartedAt !== first,
      generation: answer.body.metadata.generation,
    };
  };
  const brief = async (action: Action, replica = api) => {
    const { stopped, again, generation } = await call(action, replica);
    return [stopped, again, generation];
  };

  assert.deepEqual(await brief('start'), [false, false, 1]);
  assert.deepEqual(await brief('stop'), [true, false, 2]);
  assert.deepEqual(await brief('stop', other), [true, false, 2]);
  assert.deepEqual(await brief('start', other), [false, false, 3]);
  assert.deepEqual(await brief('start'), [false, false, 3]);
  assert.deepEqual(await brief('restart'), [false, true, 4]);
  assert.deepEqual(await brief('stop'), [true, true, 5]);
  assert.deepEqual(await brief('restart'), [false, true, 6]);
  const restarts = await Promise.all(ACTIONS.map(() => power(other, 'restart', namespace, 'full')));
  assert.deepEqual(new Set(restarts.map(({ status }) => status)), new Set([202]));
  assert.equal(new Set(restarts.map(({ body }) => body.spec.restartedAt)).size, 3);
  ours(await stored(cluster, namespace, 'full'));
});

test('power actions work in every phase, but not while the machine is deleted or absent', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const path = machinePath({ namespace, name: 'any' });
  assert.equal((await api.create(namespace, 'any')).status, 201);
  const failed = [{ type: 'ReleaseFailed', status: 'True', reason: 'InstallError', message: 'no' }];
  for (const conditions of [[], failed]) {
    await mergePatch(cluster, `${path}/status`, { status: { conditions } });
    for (const action of ACTIONS) {
      assert.equal(gist(await power(api, action, namespace, 'any')), '202');
    }
  }
  await mergePatch(cluster, path, { metadata: { finalizers: ['test.example.com/held'] } });
  await api.delete(namespace, 'any');
  const before = await stored(cluster, namespace, 'any');
  for (const action of ACTIONS) {
    assert.equal(gist(await power(api, action, namespace, 'any')), '409 being-deleted');
    assert.equal(gist(await power(api, action, namespace, 'absent')), '404 machine-not-found');
  }
  assert.deepEqual(await stored(cluster, namespace, 'any'), before);
  await mergePatch(cluster, path, { metadata: { finalizers: null } });
});

test('fields of other managers stay theirs, defaults included', async (t) => {
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
  const mine = ours(await stored(cluster, namespace, 'mixed'));
  const theirs = { env: [{ name: 'B', value: '2' }], nodeSelector: { zone: 'x' }, port: 9000 };
  await gitopsApply(cluster, namespace, 'mixed', theirs);

  for (const action of ['stop', 'restart', 'stop', 'start'] as const) {
    assert.equal(gist(await power(api, action, namespace, 'mixed')), '202');
  }
  const object = await stored(cluster, namespace, 'mixed');
  assert.deepEqual(ours(object), { ...mine, 'f:stopped': {}, 'f:restartedAt': {} });
  assert.deepEqual(object.spec.env, [...spec.env, ...theirs.env]);
  // So gitops can remove what it has set.
  await gitopsApply(cluster, namespace, 'mixed', {});
  const { env, nodeSelector, port } = (await stored(cluster, namespace, 'mixed')).spec;
  assert.deepEqual([env, nodeSelector, port], [spec.env, spec.nodeSelector, undefined]);
});

test('machines created by kubectl are stopped and started without taking ownership of them', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  await kubectlCreate(cluster, namespace, 'created', FULL_SPEC);
  await gitopsApply(cluster, namespace, 'applied', EXAMPLE_SPEC);
  for (const name of ['created', 'applied']) {
    const { spec } = await stored(cluster, namespace, name);
    assert.equal(gist(await power(api, 'stop', namespace, name)), '202');
    const object = await stored(cluster, namespace, name);
    assert.deepEqual(object.spec, { ...spec, stopped: true });
    assert.deepEqual(ours(object), { 'f:stopped': {} });
    const started = await power(api, 'restart', namespace, name, name === 'created' ? '&force=true' : '');
    assert.equal(gist(started), '202');
    assert.equal(started.body.spec.stopped, false);
  }
});

test('a conflict names the manager of the power state, and force takes ownership', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const path = machinePath({ namespace, name: 'held' });
  const call = (action: Action, query = '') => power(api, action, namespace, 'held', query);
  assert.equal((await api.create(namespace, 'held')).status, 201);

  await mergePatch(cluster, path, { spec: { stopped: true } });
  assert.equal(gist(await call('stop')), '202');
  for (const action of ['start', 'restart'] as const) {
    const refused = await call(action);
    assert.equal(gist(refused), '409 conflict');
    assert.deepEqual(faults(refused), { '/spec/stopped': ['somebody'] });
  }
  assert.equal((await call('start', '&force=true')).body.spec.stopped, false);
  assert.equal(gist(await call('stop')), '202');

  // A default that was applied explicitly is owned as well.
  await gitopsApply(cluster, namespace, 'held', { stopped: false, restartedAt: '2026-01-01T00:00:00Z' });
  assert.deepEqual(faults(await call('stop')), { '/spec/stopped': ['gitops'] });
  assert.deepEqual(faults(await call('restart')), { '/spec/restartedAt': ['gitops'] });
  assert.equal((await call('stop', '&force=true')).body.spec.stopped, true);
  assert.equal((await stored(cluster, namespace, 'held')).spec.restartedAt, '2026-01-01T00:00:00Z');
});

test('a replacement without `stopped` starts the machine', async (t) => {
  const namespace = await createNamespace(connect(t));
  const api = await startReadyApi(t);
  assert.equal((await api.create(namespace, 'again')).status, 201);
  assert.equal((await power(api, 'stop', namespace, 'again')).body.spec.stopped, true);
  assert.equal((await put(api, namespace, 'again', EXAMPLE_SPEC)).body.spec.stopped, false);
});

test('two replicas, six callers and concurrent edits by kubectl: no update is lost', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  const api = replicas[0] ?? assert.fail();
  const path = machinePath({ namespace, name: 'busy' });
  assert.equal((await api.create(namespace, 'busy', FULL_SPEC)).status, 201);
  const restarts = new Set<string>();
  const callers = Array.from({ length: 6 }, async (_, index) => {
    for (let round = 0; round < 8; round++) {
      const action = ACTIONS[(index + round) % 3] ?? assert.fail();
      const { status, body } = await power(replicas[index % 2] ?? api, action, namespace, 'busy');
      assert.equal(status, 202, JSON.stringify(body));
      assert.equal(body.spec.stopped, action === 'stop');
      if (action === 'restart') restarts.add(body.spec.restartedAt);
    }
  });
  const edits = Array.from({ length: 3 }, async (_, index) => {
    for (let count = 0; count < 20; count++) {
      const patch = { spec: { nodeSelector: { [`count-${index}`]: String(count) } } };
      assert.equal((await mergePatch(cluster, path, patch)).status, 200);
    }
  });
  await Promise.all([...callers, ...edits]);
  assert.equal(restarts.size, 16);
  const object = await stored(cluster, namespace, 'busy');
  const { stopped: _, restartedAt: __, nodeSelector, ...spec } = object.spec;
  const { stopped: ___, restartedAt: ____, nodeSelector: first, ...expected } = FULL_SPEC;
  assert.deepEqual(spec, expected);
  assert.deepEqual(nodeSelector, { ...first, 'count-0': '19', 'count-1': '19', 'count-2': '19' });
  assert.equal(Object.keys(ours(object)['f:nodeSelector'] as object).length, 2);
});
