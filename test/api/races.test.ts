import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, get } from '../support/cluster.ts';

test('of 24 concurrent creates of one name on two replicas, exactly one wins', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  for (let round = 0; round < 20; round++) {
    const name = `race-${round}`;
    const racers = Array.from({ length: 24 }, (_, index) => ({
      api: replicas[index % 2] ?? assert.fail(),
      spec: { ...EXAMPLE_SPEC, cpu: index + 1 },
    }));
    const answers = await Promise.all(racers.map(({ api, spec }) => api.create(namespace, name, spec)));
    const winners = answers.filter(({ status }) => status === 201);
    const losers = answers.filter(({ status }) => status === 409);
    assert.equal(winners.length, 1);
    assert.equal(losers.length, 23, `${answers.map(({ status }) => status)}`);
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

test('24 concurrent creates of the same machine all succeed, and one of them is the 201', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      (replicas[index % 2] ?? assert.fail()).create(namespace, 'same'),
    ),
  );
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [...Array(23).fill(200), 201]);
});

test('a machine created on one replica is readable on the other immediately, 1,000 times', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const [one, other] = [await startReadyApi(t), await startReadyApi(t)];
  const counts = new Map<number, number>();
  await Promise.all(
    Array.from({ length: 4 }, async (_, lane) => {
      for (let index = 0; index < 250; index++) {
        const name = `known-${lane}-${index}`;
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

test('a replica never returns an older document than before', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  for (let index = 0; index < 100; index++) {
    const created = await api.create(namespace, 'again');
    assert.equal(created.status, 201);
    assert.equal((await api.status(namespace, 'again')).body.uid, created.body.metadata.uid);
    assert.equal((await api.delete(namespace, 'again')).status, 202);
    assert.equal((await api.status(namespace, 'again')).status, 404);
  }
});
