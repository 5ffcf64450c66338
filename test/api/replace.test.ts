import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, FULL_SPEC } from '../corpus/bodies.ts';
import { type ApiResponse, startReadyApi } from '../support/api.ts';
import { connect, createNamespace, get, mergePatch } from '../support/cluster.ts';
import {
  conflictManagers,
  gitopsApply,
  kubectlCreate,
  outcome,
  ownedFields,
  power,
  put,
  stored,
} from '../support/machine-calls.ts';
import { waitFor } from '../support/workloads.ts';

test('a replacement removes omitted fields, and repeating it changes nothing', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const [api, other] = [await startReadyApi(t), await startReadyApi(t)];
  const created = await api.create(namespace, 'whole', FULL_SPEC);
  assert.equal(created.status, 201);

  const { env: _, port: __, ...spec } = { ...FULL_SPEC, memory: '8Gi', stopped: true };
  const dryRun = await put(api, namespace, 'whole', spec, '&dryRun=true');
  assert.deepEqual([dryRun.status, dryRun.body.spec], [200, spec]);
  assert.deepEqual((await stored(cluster, namespace, 'whole')).spec, FULL_SPEC);

  const replaced = await put(other, namespace, 'whole', spec);
  assert.equal(replaced.status, 200);
  assert.deepEqual(replaced.body.spec, spec);
  assert.equal(replaced.body.metadata.uid, created.body.metadata.uid);
  assert.equal(replaced.body.metadata.generation, 2);
  assert.deepEqual((await other.status(namespace, 'whole')).body.spec, spec);
  assert.deepEqual((await put(api, namespace, 'whole', spec)).body, replaced.body);

  const object = await stored(cluster, namespace, 'whole');
  assert.deepEqual(object.spec, spec);
  ownedFields(object);
});

test('a replacement is validated like a create', async (t) => {
  const namespace = await createNamespace(connect(t));
  const api = await startReadyApi(t);
  assert.equal((await api.create(namespace, 'same')).status, 201);
  assert.equal(outcome(await put(api, namespace, 'same', { memory: '1Gi' })), '400 invalid-request');
  assert.equal(
    outcome(await put(api, namespace, 'same', { ...EXAMPLE_SPEC, cup: 1 })),
    '400 invalid-request',
  );
  assert.equal(outcome(await put(api, namespace, 'same', EXAMPLE_SPEC, '&force=yes')), '400 invalid-request');
  assert.equal(outcome(await put(api, namespace, 'absent', EXAMPLE_SPEC)), '404 machine-not-found');
  assert.equal(outcome(await put(api, 'no-such-namespace', 'same', EXAMPLE_SPEC)), '404 machine-not-found');
});

test('the cluster rejects shrinking and removing a disk, and its message is passed on', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  assert.equal((await api.create(namespace, 'disk')).status, 201);
  const { storage, ...diskless } = EXAMPLE_SPEC;
  const shrunk = await put(api, namespace, 'disk', { ...diskless, storage: { size: '10Gi' } });
  assert.equal(outcome(shrunk), '422 refused-by-cluster');
  assert.match(shrunk.body.detail, /size can grow but not shrink/);
  assert.equal(shrunk.body.errors[0].pointer, '/spec/storage/size');
  const removed = await put(api, namespace, 'disk', diskless, '&force=true');
  assert.match(removed.body.detail, /storage cannot be removed from a machine/);
  assert.equal((await stored(cluster, namespace, 'disk')).metadata.generation, 1);
  assert.equal((await put(api, namespace, 'disk', { ...diskless, storage: { size: '30Gi' } })).status, 200);
  assert.equal(storage.size, '20Gi');
});

test('fields of other managers are kept, a conflict lists them, and force takes them over', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const [a, b] = [
    { name: 'A', value: '1' },
    { name: 'B.x', value: '2' },
  ];
  assert.equal((await api.create(namespace, 'shared', { ...EXAMPLE_SPEC, env: [a] })).status, 201);
  await gitopsApply(cluster, namespace, 'shared', {
    port: 9000,
    env: [b],
    nodeSelector: { 'example.com/zone': 'x' },
  });
  await mergePatch(cluster, machinePath({ namespace, name: 'shared' }), { spec: { cpu: 8 } });

  // Omitted and equal fields do not conflict.
  const kept = await put(api, namespace, 'shared', { ...EXAMPLE_SPEC, cpu: 8, memory: '5Gi', env: [a] });
  assert.equal(kept.status, 200);
  assert.deepEqual([kept.body.spec.port, kept.body.spec.env, kept.body.spec.memory], [9000, [a, b], '5Gi']);

  const spec = {
    ...EXAMPLE_SPEC,
    port: 9001,
    env: [a, { ...b, value: 'other' }],
    nodeSelector: { 'example.com/zone': 'y' },
  };
  const refused = await put(api, namespace, 'shared', spec);
  assert.equal(outcome(refused), '409 conflict');
  assert.deepEqual(conflictManagers(refused), {
    '/spec/cpu': ['kubectl-edit'],
    '/spec/env/1/value': ['gitops'],
    '/spec/nodeSelector/example.com~1zone': ['gitops'],
    '/spec/port': ['gitops'],
  });
  const forced = await put(api, namespace, 'shared', spec, '&force=true');
  assert.equal(forced.status, 200);
  assert.deepEqual([forced.body.spec.port, forced.body.spec.env, forced.body.spec.cpu], [9001, spec.env, 2]);
  ownedFields(await stored(cluster, namespace, 'shared'));
});

test('force takes over the fields of a machine created with kubectl', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  await kubectlCreate(cluster, namespace, 'foreign', EXAMPLE_SPEC);
  assert.equal((await put(api, namespace, 'foreign', EXAMPLE_SPEC)).status, 200);
  const other = { ...EXAMPLE_SPEC, memory: '5Gi' };
  assert.deepEqual(conflictManagers(await put(api, namespace, 'foreign', other)), {
    '/spec/memory': ['kubectl-create'],
  });
  assert.equal((await put(api, namespace, 'foreign', other, '&force=true')).body.spec.memory, '5Gi');
});

test('with If-Match, a spec is replaced only if it has not changed since the ETag was read', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  let memory = 1;
  const replaceIf = (tag: string, name = 'tagged') =>
    put(api, namespace, name, { ...EXAMPLE_SPEC, memory: `${++memory}Gi` }, '', { 'if-match': tag });
  const tagOf = async () => String((await api.status(namespace, 'tagged')).headers['etag']);

  assert.equal((await api.create(namespace, 'tagged')).status, 201);
  const first = await tagOf();
  assert.equal(outcome(await replaceIf('"nonsense"')), '412 precondition-failed');
  assert.equal(outcome(await replaceIf('nonsense')), '400 invalid-request');
  assert.equal(outcome(await replaceIf(`W/${first}`)), '412 precondition-failed');
  assert.equal(outcome(await replaceIf('*', 'absent')), '404 machine-not-found');

  // The ETag also covers the status, but If-Match compares only the spec.
  const status = { conditions: [{ type: 'Deployed', status: 'True' }] };
  await mergePatch(cluster, `${machinePath({ namespace, name: 'tagged' })}/status`, { status });
  assert.equal(outcome(await replaceIf(first)), '200');
  const stale = await replaceIf(first);
  assert.equal(outcome(stale), '412 precondition-failed');
  assert.match(stale.body.detail, /generation 2/);
  assert.equal(outcome(await replaceIf(`"a,b", ${first} ,, ${await tagOf()}`)), '200');
  assert.equal(outcome(await replaceIf('*')), '200');

  const last = await tagOf();
  await power(api, 'stop', namespace, 'tagged');
  assert.equal(outcome(await replaceIf(last)), '412 precondition-failed');
  await api.delete(namespace, 'tagged');
  assert.equal(outcome(await replaceIf(last)), '404 machine-not-found');
  assert.equal((await api.create(namespace, 'tagged')).status, 201);
  assert.equal(outcome(await replaceIf(first)), '412 precondition-failed');
});

test('of 12 concurrent replacements with the same If-Match, exactly one succeeds', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  const api = replicas[0] ?? assert.fail();
  assert.equal((await api.create(namespace, 'one')).status, 201);
  let generation = 1;
  for (let round = 0; round < 10; round++) {
    const { headers } = await waitFor('the last replacement in the status', async () => {
      const status = await api.status(namespace, 'one');
      return status.body.generation === generation && status;
    });
    const tag = String(headers['etag']);
    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, index) => {
        const spec = { ...EXAMPLE_SPEC, port: 1_000 + 12 * round + index };
        return put(replicas[index % 2] ?? api, namespace, 'one', spec, '', { 'if-match': tag });
      }),
    );
    const winners = responses.filter(({ status }) => status === 200);
    assert.equal(winners.length, 1, responses.map(outcome).join());
    assert.equal(responses.filter(({ status }) => status === 412).length, 11, responses.map(outcome).join());
    assert.deepEqual((await stored(cluster, namespace, 'one')).spec, winners[0]?.body.spec);
    generation++;
  }
});

test('a replacement never re-creates a machine that was deleted meanwhile', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const [api, other] = [await startReadyApi(t), await startReadyApi(t)];
  const path = machinePath({ namespace, name: 'deleted' });
  const outcomes = new Set<string>();
  for (let round = 0; round < 30; round++) {
    assert.equal((await api.create(namespace, 'deleted')).status, 201);
    const replace = (index: number) =>
      put(
        index % 2 ? api : other,
        namespace,
        'deleted',
        { ...EXAMPLE_SPEC, port: 1_000 + index },
        '&force=true',
      );
    const calls: Promise<ApiResponse>[] = [
      replace(0),
      replace(1),
      api.delete(namespace, 'deleted'),
      replace(2),
    ];
    for (const response of await Promise.all(calls)) outcomes.add(outcome(response));
    assert.equal((await get(cluster, path)).status, 404);
  }
  assert.deepEqual(
    [...outcomes].filter((one) => !['200', '202', '404 machine-not-found'].includes(one)),
    [],
  );

  assert.equal((await api.create(namespace, 'deleted')).status, 201);
  await mergePatch(cluster, path, { metadata: { finalizers: ['test.example.com/held'] } });
  assert.equal((await api.delete(namespace, 'deleted')).status, 202);
  const before = await stored(cluster, namespace, 'deleted');
  const refused = await put(api, namespace, 'deleted', FULL_SPEC, '&force=true', { 'if-match': '"stale"' });
  assert.equal(outcome(refused), '409 being-deleted');
  assert.deepEqual(await stored(cluster, namespace, 'deleted'), before);
  await mergePatch(cluster, path, { metadata: { finalizers: null } });
});
