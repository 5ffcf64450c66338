import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { contents, item, object, record } from '../support/items.ts';
import { startReflector } from '../support/reflector.ts';
import { bookmark, broken, ended, event, list, open } from '../support/responses.ts';
import { TestClock } from '../support/timers.ts';

/** Regular operation. Failures are tested in reflector-failures.test.ts. */

test('the store is not synced before the first list', async (t) => {
  const { store, client } = startReflector(t, []);
  await client.finished;
  assert.equal(store.synced, false);
  assert.equal(store.version, undefined);
});

test('watches from the version of the list', async (t) => {
  const { store, client, requests } = startReflector(t, [
    { list: list(7, object('a', 'u1', 3), object('b', 'u2', 4)) },
  ]);
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7']);
  assert.equal(store.synced, true);
  assert.deepEqual(contents(store), ['a u1 3', 'b u2 4']);
});

test('applies the events of the watch in order', async (t) => {
  const clock = new TestClock();
  const { store, client } = startReflector(
    t,
    [
      { list: list(7, object('a', 'u1', 3)) },
      { watch: ended(event('MODIFIED', object('a', 'u1', 8)), event('ADDED', object('b', 'u2', 9))) },
      { watch: ended(event('DELETED', object('a', 'u1', 10)), event('ADDED', object('a', 'u3', 11))) },
    ],
    { clock },
  );
  const deltas = record(store);
  await client.finished;
  assert.deepEqual(deltas, [
    'added a u1 3',
    'modified a u1 8',
    'added b u2 9',
    'deleted a u1 10',
    'added a u3 11',
  ]);
});

test('a watch that ends is replaced immediately from the last version, without a list', async (t) => {
  const clock = new TestClock();
  const { client, requests } = startReflector(
    t,
    [
      { list: list(7) },
      { watch: ended(event('ADDED', object('a', 'u1', 99)), event('ADDED', object('b', 'u2', 100))) },
      {
        watch: () => {
          clock.time += 60_000;
          return ended();
        },
      },
      { watch: ended(event('DELETED', object('a', 'u1', 101))) },
    ],
    { clock },
  );
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 100', 'watch 100', 'watch 101']);
  assert.deepEqual(clock.waits, []);
});

test('bookmarks advance the version', async (t) => {
  const { store, client, requests } = startReflector(t, [
    { list: list(7, object('a', 'u1', 3)) },
    { watch: ended(bookmark(7), bookmark(20), bookmark(20)) },
  ]);
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 20']);
  assert.equal(store.version, '20');
  assert.deepEqual(contents(store), ['a u1 3']);
});

test('a connection that breaks after an event is not a failure', async (t) => {
  const clock = new TestClock();
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  const { client, requests } = startReflector(
    t,
    [{ list: list(7) }, { watch: broken(reset, event('ADDED', object('a', 'u1', 8)), '{"type":"MOD') }],
    { clock },
  );
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 8']);
  assert.deepEqual(clock.waits, []);
});

test('a silent watch is replaced from the same version, without a list or a wait', async (t) => {
  const clock = new TestClock();
  const silent = () => {
    clock.time += 30_000;
    return open();
  };
  const { store, client, requests } = startReflector(
    t,
    [{ list: list(7, object('a', 'u1', 3)) }, { watch: silent }, { watch: silent }],
    { clock, silenceMs: 2 },
  );
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 7', 'watch 7']);
  assert.deepEqual(clock.waits, []);
  assert.deepEqual(contents(store), ['a u1 3']);
  assert.equal(store.synced, true);
});

test('a response ahead of the watch does not advance the version', async (t) => {
  const { store, client, requests } = startReflector(t, [
    { list: list(7) },
    {
      watch: () => {
        store.observe(item('a', 'u1', 12));
        return ended(event('ADDED', object('b', 'u2', 9)));
      },
    },
    {
      watch: ended(event('ADDED', object('a', 'u1', 10)), event('MODIFIED', object('a', 'u1', 12))),
    },
  ]);
  const deltas = record(store);
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 9', 'watch 12']);
  assert.deepEqual(deltas, ['added a u1 12', 'added b u2 9']);
});

test('a watch is replaced after 30 s of silence', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = new TestClock();
  const watch = open(bookmark(8));
  const { store, client, requests } = startReflector(t, [{ list: list(7) }, { watch }], { clock });
  while (store.version !== '8') await setImmediate();
  t.mock.timers.tick(29_999);
  assert.ok(!watch.body.destroyed);
  t.mock.timers.tick(1);
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 8']);
});
