import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { reflecting } from '../support/reflecting.ts';
import {
  bookmark,
  broken,
  contents,
  ended,
  event,
  item,
  list,
  object,
  open,
  record,
  TestClock,
} from '../support/scripted.ts';

/** The ordinary course of things; what goes wrong is in reflector-failures.test.ts. */

test('before the first list has come the store is not synced', async (t) => {
  const { store, client } = reflecting(t, []);
  await client.finished;
  assert.equal(store.synced, false);
  assert.equal(store.version, undefined);
});

test('the list is followed by a watch from its version', async (t) => {
  const { store, client, asked } = reflecting(t, [
    { list: list(7, object('a', 'u1', 3), object('b', 'u2', 4)) },
  ]);
  await client.finished;
  assert.deepEqual(asked(), ['list', 'watch 7']);
  assert.equal(store.synced, true);
  assert.deepEqual(contents(store), ['a u1 3', 'b u2 4']);
});

test('the events of the watch reach the store in their order', async (t) => {
  const clock = new TestClock();
  const { store, client } = reflecting(
    t,
    [
      { list: list(7, object('a', 'u1', 3)) },
      { watch: ended(event('MODIFIED', object('a', 'u1', 8)), event('ADDED', object('b', 'u2', 9))) },
      { watch: ended(event('DELETED', object('a', 'u1', 10)), event('ADDED', object('a', 'u3', 11))) },
    ],
    { clock },
  );
  const changes = record(store);
  await client.finished;
  assert.deepEqual(changes, [
    'added a u1 3',
    'modified a u1 8',
    'added b u2 9',
    'deleted a u1 10',
    'added a u3 11',
  ]);
});

test('a watch that ends is made anew at once from the last version, without a list', async (t) => {
  const clock = new TestClock();
  const { client, asked } = reflecting(
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
  assert.deepEqual(asked(), ['list', 'watch 7', 'watch 100', 'watch 100', 'watch 101']);
  assert.deepEqual(clock.waits, []);
});

test('bookmarks move the version', async (t) => {
  const { store, client, asked } = reflecting(t, [
    { list: list(7, object('a', 'u1', 3)) },
    { watch: ended(bookmark(7), bookmark(20), bookmark(20)) },
  ]);
  await client.finished;
  assert.deepEqual(asked(), ['list', 'watch 7', 'watch 20']);
  assert.equal(store.version, '20');
  assert.deepEqual(contents(store), ['a u1 3']);
});

test('a client that breaks after an event is no failure', async (t) => {
  const clock = new TestClock();
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  const { client, asked } = reflecting(
    t,
    [{ list: list(7) }, { watch: broken(reset, event('ADDED', object('a', 'u1', 8)), '{"type":"MOD') }],
    { clock },
  );
  await client.finished;
  assert.deepEqual(asked(), ['list', 'watch 7', 'watch 8']);
  assert.deepEqual(clock.waits, []);
});

test('silence means a new watch from the same version, no list and no wait', async (t) => {
  const clock = new TestClock();
  const silent = () => {
    clock.time += 30_000;
    return open();
  };
  const { store, client, asked } = reflecting(
    t,
    [{ list: list(7, object('a', 'u1', 3)) }, { watch: silent }, { watch: silent }],
    { clock, silenceMs: 2 },
  );
  await client.finished;
  assert.deepEqual(asked(), ['list', 'watch 7', 'watch 7', 'watch 7']);
  assert.deepEqual(clock.waits, []);
  assert.deepEqual(contents(store), ['a u1 3']);
  assert.equal(store.synced, true);
});

test('an answer ahead of the watch does not move the version', async (t) => {
  const { store, client, asked } = reflecting(t, [
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
  const changes = record(store);
  await client.finished;
  assert.deepEqual(asked(), ['list', 'watch 7', 'watch 9', 'watch 12']);
  assert.deepEqual(changes, ['added a u1 12', 'added b u2 9']);
});

test('a watch is made anew after 30 s of silence', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = new TestClock();
  const answer = open(bookmark(8));
  const { store, client, asked } = reflecting(t, [{ list: list(7) }, { watch: answer }], { clock });
  while (store.version !== '8') await setImmediate();
  t.mock.timers.tick(29_999);
  assert.ok(!answer.body.destroyed);
  t.mock.timers.tick(1);
  await client.finished;
  assert.deepEqual(asked(), ['list', 'watch 7', 'watch 8']);
});
