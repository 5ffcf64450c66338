import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';
import { isSynced, ofKind, openStream } from '../support/streams.ts';

test('a stream reports creations, updates and deletions, resumes on the same replica, and starts over on another', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const env = { WATCH_NAMESPACES: namespace };
  const api = await startReadyApi(t, env);
  const stream = await openStream(t, api.url, { namespace });
  await stream.until(isSynced);
  await api.create(namespace, 'one');
  await mergePatch(cluster, machinePath({ namespace, name: 'one' }), { spec: { cpu: 7 } });
  await api.create(namespace, 'two');
  await stream.until((current) => ofKind(current, 'status').length === 3);
  await api.delete(namespace, 'one');
  await stream.until((current) => ofKind(current, 'deleted').length === 1);
  const { uid } = stream.events[1]?.data ?? {};
  assert.deepEqual(ofKind(stream, 'deleted')[0]?.data, { name: 'one', namespace, uid });

  const { body } = await api.status(namespace, 'two');
  const replica = await startReadyApi(t, env);
  const restarted = await openStream(t, replica.url, { namespace }, stream.lastId());
  await restarted.until(isSynced);
  assert.deepEqual(
    restarted.events.map(({ event, data }) => (event === 'status' ? data : event)),
    ['reset', body, 'synced'],
  );

  const resumed = await openStream(t, api.url, { namespace }, stream.lastId());
  await resumed.until(isSynced);
  assert.deepEqual(
    resumed.events.map(({ event }) => event),
    ['synced'],
  );
  process.kill(api.pid, 'SIGTERM');
  await Promise.all([stream.ended, resumed.ended]);
  assert.equal(await api.exitCode, 0);
});

test('while a machine changes 200 times, neither the stream nor polling returns an older generation', async (t) => {
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
  assert.deepEqual(streamed, ascending(streamed));
  assert.equal(new Set(streamed).size, 201);
  assert.deepEqual(polled, ascending(polled));
  t.diagnostic(`${streamed.length} documents streamed, ${polled.length} polled`);
});

const ascending = (numbers: readonly number[]): number[] => [...numbers].sort((one, other) => one - other);
