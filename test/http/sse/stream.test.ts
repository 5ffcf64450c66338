import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeMachines, generationOf, serve, truth } from '../../support/fake-machines.ts';
import { isSynced, openStream, picture, type Stream, type StreamEvent } from '../../support/streams.ts';

const names = ({ events }: Stream) =>
  events.map(({ event, data }) => (data.name ? `${event} ${data.namespace}/${data.name}` : event));

test('a stream begins with the current documents, followed by the changes, each with an id', async (t) => {
  const machines = new FakeMachines();
  machines.set('one');
  machines.set('two', { namespace: 'b' });
  const { url } = await serve(t, machines);
  const stream = await openStream(t, url);
  await stream.until(isSynced);
  assert.equal(stream.headers['content-type'], 'text/event-stream');
  assert.equal(stream.headers['cache-control'], 'no-cache');
  assert.equal(stream.headers['x-accel-buffering'], 'no');
  machines.set('one');
  machines.remove('two', 'b');
  machines.set('one', { namespace: 'c' });
  await stream.until(({ events }) => events.length === 6);
  assert.deepEqual(names(stream), [
    'status a/one',
    'status b/two',
    'synced',
    'status a/one',
    'deleted b/two',
    'status c/one',
  ]);
  const { uid } = stream.events[1]?.data ?? {};
  assert.deepEqual(stream.events[4]?.data, { name: 'two', namespace: 'b', uid });
  assert.ok(stream.events.every(({ id }) => id !== ''));
});

test('a stream covers only its namespace and name, but advances its id with every event', async (t) => {
  const machines = new FakeMachines();
  for (const namespace of ['a', 'b']) for (const name of ['one', 'two']) machines.set(name, { namespace });
  const { url } = await serve(t, machines, { heartbeatMs: 20 });
  const queries = [{ namespace: 'b' }, { name: 'two' }, { namespace: 'b', name: 'two' }];
  const streams = await Promise.all(queries.map((query) => openStream(t, url, query)));
  for (const stream of streams) await stream.until(isSynced);
  const synced = streams[2]?.lastId();
  machines.set('one');
  machines.remove('two', 'b');
  for (const stream of streams) await stream.until(({ comments }) => comments.length > 2);
  assert.deepEqual(streams.map(names), [
    ['status b/one', 'status b/two', 'synced', 'deleted b/two'],
    ['status a/two', 'status b/two', 'synced', 'deleted b/two'],
    ['status b/two', 'synced', 'deleted b/two'],
  ]);
  machines.set('one', { namespace: 'a' });
  await streams[2]?.until((stream) => stream.comments.length > 5);
  assert.notEqual(streams[2]?.lastId(), synced);
  assert.equal(streams[2]?.comments[0], 'heartbeat');
});

test('while the API server is unreachable, a stream says since when it is stale, and when that ends', async (t) => {
  const machines = new FakeMachines();
  machines.set('one');
  const { url } = await serve(t, machines, { heartbeatMs: 20 });
  const stream = await openStream(t, url);
  await stream.until(isSynced);
  machines.age = 60_000;
  await stream.until(({ events }) => events.filter(({ event }) => event === 'stale').length > 1);
  const [, , stale] = stream.events;
  const ageMs = Date.now() - Date.parse(stale?.data.staleSince);
  assert.ok(ageMs >= 60_000 && ageMs < 90_000, `${ageMs}`);
  machines.age = 0;
  await stream.until(({ events }) => events.at(-1)?.event === 'fresh');
  const { length } = stream.comments;
  await stream.until(({ comments }) => comments.length > length);
  assert.equal(stream.events.at(-1)?.event, 'fresh');
  assert.equal(stream.events.at(-1)?.id, stream.lastId());
});

test('200 random disconnections: no event is missed or repeated', async (t) => {
  const machines = new FakeMachines();
  const { url } = await serve(t, machines);
  const sent: string[] = [];
  machines.subscribe(({ type, document }) => sent.push(`${type} ${document.uid} ${generationOf(document)}`));
  const got: StreamEvent[] = [];
  let last: string | undefined;
  machines.set('first');
  for (let round = 0; round < 200; round++) {
    const stream = await openStream(t, url, {}, last);
    if (round === 0) await stream.until(isSynced);
    for (let count = Math.floor(Math.random() * 6); count > 0; count--) {
      const name = `m${Math.floor(Math.random() * 5)}`;
      if (Math.random() < 0.2) machines.remove(name);
      else machines.set(name);
    }
    await sleep(Math.random() * 4);
    stream.close();
    machines.set('between');
    got.push(...stream.events);
    last = stream.lastId() || last;
  }
  const stream = await openStream(t, url, {}, last);
  await stream.until(isSynced);
  got.push(...stream.events);
  const changes = got
    .filter(({ event }) => event !== 'synced')
    .map(({ event, data }) =>
      event === 'deleted' ? `deleted ${data.uid}` : `changed ${data.uid} ${data.generation}`,
    );
  assert.ok(!changes.includes('reset'));
  assert.deepEqual(
    changes,
    sent.map((line) => line.replace(/^(deleted \S+).*/, '$1')),
  );
  assert.deepEqual(picture(got), truth(machines));
});

test('a stream with an id that is unknown, too old or unfinished begins with a reset', async (t) => {
  const machines = new FakeMachines();
  machines.set('one');
  const { url } = await serve(t, machines, { eventHistoryBytes: 65_536 });
  const first = await openStream(t, url);
  await first.until(isSynced);
  const ids = [first.events[0]?.id ?? '', 'AAAAAAAAAAAA.1', `${first.lastId()}0`, 'junk'];
  const tooOld = first.lastId();
  for (let count = 0; count < 100; count++) machines.set('two', { padding: 1_000 });
  for (const id of [...ids, tooOld]) {
    const stream = await openStream(t, url, {}, id);
    await stream.until(isSynced);
    assert.deepEqual(names(stream), ['reset', 'status a/one', 'status a/two', 'synced'], id);
    assert.deepEqual(picture(stream.events), truth(machines));
    stream.close();
  }
});

test('HEAD returns the headers of a stream without opening it', async (t) => {
  const { url } = await serve(t, new FakeMachines());
  const answer = await fetch(`${url}/api/v1/devmachines/events`, { method: 'HEAD' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  const wrong = await fetch(`${url}/api/v1/devmachines/events`, { method: 'POST' });
  assert.equal(wrong.status, 404);
});
