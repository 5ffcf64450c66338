import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';
import { isSynced, ofKind, openStream } from '../support/streams.ts';

test('a machine from its creation to its deletion, across a restart of the API', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const env = { WATCH_NAMESPACES: namespace };
  const api = await startReadyApi(t, env);
  const stream = await openStream(t, api.url, { namespace });
  await stream.until(isSynced);
  await api.create(namespace, 'one');
  await mergePatch(cluster, machinePath({ namespace, name: 'one' }), { spec: { cpu: 7 } });
  await api.create(namespace, 'two');
  await stream.until((so) => ofKind(so, 'status').length === 3);
  await api.delete(namespace, 'one');
  await stream.until((so) => ofKind(so, 'deleted').length === 1);
  const { uid } = stream.events[1]?.data ?? {};
  assert.deepEqual(ofKind(stream, 'deleted')[0]?.data, { name: 'one', namespace, uid });

  const { body } = await api.status(namespace, 'two');
  const replica = await startReadyApi(t, env);
  const elsewhere = await openStream(t, replica.url, { namespace }, stream.lastId());
  await elsewhere.until(isSynced);
  assert.deepEqual(
    elsewhere.events.map(({ event, data }) => (event === 'status' ? data : event)),
    ['reset', body, 'synced'],
  );

  const same = await openStream(t, api.url, { namespace }, stream.lastId());
  await same.until(isSynced);
  assert.deepEqual(
    same.events.map(({ event }) => event),
    ['synced'],
  );
  process.kill(api.pid, 'SIGTERM');
  await Promise.all([stream.ended, same.ended]);
  assert.equal(await api.exitCode, 0);
});

test('while a machine is changed 200 times, documents never go back, streamed or polled', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, { WATCH_NAMESPACES: namespace });
  const key = { namespace, name: 'busy' };
  const stream = await openStream(t, api.url);
  await stream.until(isSynced);
  const created = await api.create(namespace, 'busy');
  assert.equal(created.status, 201);

  let writing = true;
  const polled: number[] = [];
  const poll = async () => {
    while (writing) {
      const { headers, body } = await api.status(namespace, 'busy');
      assert.match(String(headers['etag']), new RegExp(`^"${body.uid}\\.${body.generation}\\.`));
      polled.push(body.generation);
      const { body: page } = await api.call('GET', '/api/v1/devmachines');
      polled.push(page.items[0].generation);
    }
  };
  const poller = poll();
  for (let count = 1; count <= 200; count++) {
    const { status } = await mergePatch(cluster, machinePath(key), { spec: { cpu: 3 + (count % 50) } });
    assert.equal(status, 200);
  }
  await stream.until(({ events }) => (events.at(-1)?.data.generation ?? 0) === 201);
  writing = false;
  await poller;

  const streamed = ofKind(stream, 'status').map(({ data }) => data.generation);
  assert.deepEqual(streamed, isRising(streamed));
  assert.equal(new Set(streamed).size, 201);
  assert.deepEqual(polled, isRising(polled));
  t.diagnostic(`${streamed.length} documents streamed, ${polled.length} polled`);
});

const isRising = (numbers: readonly number[]): number[] => [...numbers].sort((one, other) => one - other);
