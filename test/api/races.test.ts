import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, get } from '../support/cluster.ts';

test('of 24 concurrent creates of one name at two replicas, exactly one succeeds, for each of 20 names', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  for (let round = 0; round < 20; round++) {
    const name = `race-${round}`;
    const requests = Array.from({ length: 24 }, (_, index) => ({
      api: replicas[index % 2] ?? assert.fail(),
      spec: { ...EXAMPLE_SPEC, cpu: index + 1 },
    }));
    const responses = await Promise.all(requests.map(({ api, spec }) => api.create(namespace, name, spec)));
    const winners = responses.filter(({ status }) => status === 201);
    const losers = responses.filter(({ status }) => status === 409);
    assert.equal(winners.length, 1);
    assert.equal(losers.length, 23, `${responses.map(({ status }) => status)}`);
    const stored = await get(cluster, machinePath({ namespace, name }));
    assert.deepEqual(stored.body.spec, winners[0]?.body.spec);
    for (const { body } of losers) {
      assert.deepEqual(
        body.errors.map(({ pointer }: { pointer: string }) => pointer),
        ['/spec/cpu'],
      );
    }
  }
});

test('24 concurrent creates of the same machine all succeed, and exactly one returns 201', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  const responses = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      (replicas[index % 2] ?? assert.fail()).create(namespace, 'same'),
    ),
  );
  const statuses = responses.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [...Array(23).fill(200), 201]);
});

test('a machine created at one replica can be read at the other immediately, 1,000 times', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const [one, other] = [await startReadyApi(t), await startReadyApi(t)];
  const counts = new Map<number, number>();
  await Promise.all(
    Array.from({ length: 4 }, async (_, worker) => {
      for (let index = 0; index < 250; index++) {
        const name = `m-${worker}-${index}`;
        const created = await one.create(namespace, name);
        assert.equal(created.status, 201);
        const { status, body } = await other.status(namespace, name);
        counts.set(status, (counts.get(status) ?? 0) + 1);
        assert.equal(body.uid, created.body.metadata.uid);
      }
    }),
  );
  assert.deepEqual([...counts], [[200, 1000]]);
});

test('a replica reads its own creates and deletes', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  for (let index = 0; index < 100; index++) {
    const created = await api.create(namespace, 'recreated');
    assert.equal(created.status, 201);
    assert.equal((await api.status(namespace, 'recreated')).body.uid, created.body.metadata.uid);
    assert.equal((await api.delete(namespace, 'recreated')).status, 202);
    assert.equal((await api.status(namespace, 'recreated')).status, 404);
  }
});
