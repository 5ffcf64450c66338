import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, FULL_SPEC } from '../corpus/bodies.ts';
import { type Answer, startReadyApi } from '../support/api.ts';
import { faults, gist, gitopsApply, kubectlCreate, ours, power, put, stored } from '../support/changes.ts';
import { connect, createNamespace, get, mergePatch } from '../support/cluster.ts';

test('a replacement is the whole spec: omitted fields are removed, and repeating it changes nothing', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const [api, other] = [await startReadyApi(t), await startReadyApi(t)];
  const created = await api.create(namespace, 'whole', FULL_SPEC);
  assert.equal(created.status, 201);

  const { env: _, port: __, ...spec } = { ...FULL_SPEC, memory: '8Gi', stopped: true };
  const tried = await put(api, namespace, 'whole', spec, '&dryRun=true');
  assert.deepEqual([tried.status, tried.body.spec], [200, spec]);
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
  ours(object);
});

test('a replacement is validated like a create', async (t) => {
  const namespace = await createNamespace(connect(t));
  const api = await startReadyApi(t);
  assert.equal((await api.create(namespace, 'same')).status, 201);
  assert.equal(gist(await put(api, namespace, 'same', { memory: '1Gi' })), '400 invalid-request');
  assert.equal(gist(await put(api, namespace, 'same', { ...EXAMPLE_SPEC, cup: 1 })), '400 invalid-request');
  assert.equal(gist(await put(api, namespace, 'same', EXAMPLE_SPEC, '&force=yes')), '400 invalid-request');
  assert.equal(gist(await put(api, namespace, 'absent', EXAMPLE_SPEC)), '404 machine-not-found');
  assert.equal(gist(await put(api, 'nowhere', 'same', EXAMPLE_SPEC)), '404 machine-not-found');
});

test('a disk can neither shrink nor be removed, with the message of the CRD', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  assert.equal((await api.create(namespace, 'disk')).status, 201);
  const { storage, ...diskless } = EXAMPLE_SPEC;
  const shrunk = await put(api, namespace, 'disk', { ...diskless, storage: { size: '10Gi' } });
  assert.equal(gist(shrunk), '422 refused-by-cluster');
  assert.match(shrunk.body.detail, /size may grow, it cannot shrink/);
  assert.equal(shrunk.body.errors[0].pointer, '/spec/storage/size');
  const taken = await put(api, namespace, 'disk', diskless, '&force=true');
  assert.match(taken.body.detail, /storage cannot be taken from a machine/);
  assert.equal((await stored(cluster, namespace, 'disk')).metadata.generation, 1);
  assert.equal((await put(api, namespace, 'disk', { ...diskless, storage: { size: '30Gi' } })).status, 200);
  assert.equal(storage.size, '20Gi');
});

test('fields of other managers stay theirs; a conflict names them, and force takes ownership', async (t) => {
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

  // Omitted or equal fields are no conflict.
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
  assert.equal(gist(refused), '409 conflict');
  assert.deepEqual(faults(refused), {
    '/spec/cpu': ['somebody'],
    '/spec/env/1/value': ['gitops'],
    '/spec/nodeSelector/example.com~1zone': ['gitops'],
    '/spec/port': ['gitops'],
  });
  const taken = await put(api, namespace, 'shared', spec, '&force=true');
  assert.equal(taken.status, 200);
  assert.deepEqual([taken.body.spec.port, taken.body.spec.env, taken.body.spec.cpu], [9001, spec.env, 2]);
  ours(await stored(cluster, namespace, 'shared'));
});

test('force takes ownership of a machine created by kubectl', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  await kubectlCreate(cluster, namespace, 'theirs', EXAMPLE_SPEC);
  assert.equal((await put(api, namespace, 'theirs', EXAMPLE_SPEC)).status, 200);
  const other = { ...EXAMPLE_SPEC, memory: '5Gi' };
  assert.deepEqual(faults(await put(api, namespace, 'theirs', other)), {
    '/spec/memory': ['kubectl-create'],
  });
  assert.equal((await put(api, namespace, 'theirs', other, '&force=true')).body.spec.memory, '5Gi');
});

test('If-Match: the machine is replaced only if its spec has not changed', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  let memory = 1;
  const replaceIf = (tag: string, name = 'seen') =>
    put(api, namespace, name, { ...EXAMPLE_SPEC, memory: `${++memory}Gi` }, '', { 'if-match': tag });
  const tagOf = async () => String((await api.status(namespace, 'seen')).headers['etag']);

  assert.equal((await api.create(namespace, 'seen')).status, 201);
  const first = await tagOf();
  assert.equal(gist(await replaceIf('"nonsense"')), '412 precondition-failed');
  assert.equal(gist(await replaceIf('nonsense')), '400 invalid-request');
  assert.equal(gist(await replaceIf(`W/${first}`)), '412 precondition-failed');
  assert.equal(gist(await replaceIf('*', 'absent')), '404 machine-not-found');

  // A status contains more than the spec. Changes of the rest do not matter.
  const status = { conditions: [{ type: 'Deployed', status: 'True' }] };
  await mergePatch(cluster, `${machinePath({ namespace, name: 'seen' })}/status`, { status });
  assert.equal(gist(await replaceIf(first)), '200');
  const stale = await replaceIf(first);
  assert.equal(gist(stale), '412 precondition-failed');
  assert.match(stale.body.detail, /generation 2/);
  assert.equal(gist(await replaceIf(`"a,b", ${first} ,, ${await tagOf()}`)), '200');
  assert.equal(gist(await replaceIf('*')), '200');

  const last = await tagOf();
  await power(api, 'stop', namespace, 'seen');
  assert.equal(gist(await replaceIf(last)), '412 precondition-failed');
  await api.delete(namespace, 'seen');
  assert.equal(gist(await replaceIf(last)), '404 machine-not-found');
  assert.equal((await api.create(namespace, 'seen')).status, 201);
  assert.equal(gist(await replaceIf(first)), '412 precondition-failed');
});

test('of many replacements with the same If-Match, one succeeds', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  const api = replicas[0] ?? assert.fail();
  assert.equal((await api.create(namespace, 'one')).status, 201);
  for (let round = 0; round < 10; round++) {
    const tag = String((await api.status(namespace, 'one')).headers['etag']);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => {
        const spec = { ...EXAMPLE_SPEC, port: 1_000 + 12 * round + index };
        return put(replicas[index % 2] ?? api, namespace, 'one', spec, '', { 'if-match': tag });
      }),
    );
    const winners = answers.filter(({ status }) => status === 200);
    assert.equal(winners.length, 1, answers.map(gist).join());
    assert.equal(answers.filter(({ status }) => status === 412).length, 11, answers.map(gist).join());
    assert.deepEqual((await stored(cluster, namespace, 'one')).spec, winners[0]?.body.spec);
  }
});

test('a replacement never recreates a machine that is deleted in the meantime', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const [api, other] = [await startReadyApi(t), await startReadyApi(t)];
  const path = machinePath({ namespace, name: 'gone' });
  const seen = new Set<string>();
  for (let round = 0; round < 30; round++) {
    assert.equal((await api.create(namespace, 'gone')).status, 201);
    const replace = (index: number) =>
      put(
        index % 2 ? api : other,
        namespace,
        'gone',
        { ...EXAMPLE_SPEC, port: 1_000 + index },
        '&force=true',
      );
    const calls: Promise<Answer>[] = [replace(0), replace(1), api.delete(namespace, 'gone'), replace(2)];
    for (const answer of await Promise.all(calls)) seen.add(gist(answer));
    assert.equal((await get(cluster, path)).status, 404);
  }
  assert.deepEqual(
    [...seen].filter((one) => !['200', '202', '404 machine-not-found'].includes(one)),
    [],
  );

  assert.equal((await api.create(namespace, 'gone')).status, 201);
  await mergePatch(cluster, path, { metadata: { finalizers: ['test.example.com/held'] } });
  assert.equal((await api.delete(namespace, 'gone')).status, 202);
  const before = await stored(cluster, namespace, 'gone');
  const late = await put(api, namespace, 'gone', FULL_SPEC, '&force=true', { 'if-match': '"stale"' });
  assert.equal(gist(late), '409 being-deleted');
  assert.deepEqual(await stored(cluster, namespace, 'gone'), before);
  await mergePatch(cluster, path, { metadata: { finalizers: null } });
});
