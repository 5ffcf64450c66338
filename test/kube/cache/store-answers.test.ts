import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stored } from '../../../src/kube/cache/store.ts';
import { contents, item, newStore, record } from '../support/scripted.ts';

/** What the answers to our own requests do to a store, and how they get on with its watch. */

function synced(version: number, ...items: Stored[]) {
  const store = newStore();
  store.replace(items, String(version));
  return { store, changes: record(store) };
}

test('an answer ahead of the watch is there at once, and once', () => {
  const { store, changes } = synced(5);
  store.observe(item('a', 'u1', 8));
  assert.deepEqual(contents(store), ['a u1 8']);
  assert.equal(store.version, '5');
  store.upsert(item('a', 'u1', 8));
  assert.deepEqual(changes, ['added a u1 8']);
  store.progress('20');
  assert.deepEqual(contents(store), ['a u1 8']);
});

test('what is ahead stays while the watch tells of what was before it', () => {
  const { store, changes } = synced(5, item('a', 'u1', 5));
  store.observe(item('a', 'u1', 9));
  store.upsert(item('a', 'u1', 6));
  store.upsert(item('b', 'u2', 7));
  store.progress('8');
  assert.deepEqual(contents(store), ['a u1 9', 'b u2 7']);
  store.upsert(item('a', 'u1', 9));
  store.upsert(item('a', 'u1', 10));
  assert.deepEqual(changes, ['modified a u1 9', 'added b u2 7', 'modified a u1 10']);
});

test('what is ahead is dropped when the watch passes it without a word', () => {
  for (const pass of [
    (store = newStore()) => store.progress('9'),
    (store = newStore()) => store.upsert(item('b', 'u2', 10)),
    (store = newStore()) => store.replace([item('b', 'u2', 10)], '11'),
  ]) {
    const { store, changes } = synced(5);
    store.observe(item('a', 'u1', 9));
    pass(store);
    assert.equal(store.get('ns', 'a'), undefined);
    assert.deepEqual(
      changes.filter((change) => change.includes(' a ')),
      ['added a u1 9', 'deleted a u1 9'],
    );
  }
});

test('an answer that the watch has passed is ignored', () => {
  const { store, changes } = synced(5, item('a', 'u1', 5));
  store.upsert(item('a', 'u1', 8));
  store.remove(item('b', 'u2', 9));
  store.observe(item('a', 'u1', 7));
  store.observe(item('b', 'u2', 6));
  store.observe(item('c', 'u3', 9));
  assert.deepEqual(contents(store), ['a u1 8']);
  assert.deepEqual(changes, ['modified a u1 8']);
});

test('of two answers ahead of the watch the newer one counts, in whichever order they come', () => {
  const { store, changes } = synced(5);
  store.observe(item('a', 'u1', 99));
  store.observe(item('a', 'u1', 100));
  store.observe(item('a', 'u1', 99));
  store.observe(item('a', 'u1', 100));
  assert.deepEqual(changes, ['added a u1 99', 'modified a u1 100']);
});

test('an answer of a new object takes the name from the old one', () => {
  const { store, changes } = synced(5, item('a', 'u1', 5));
  store.observe(item('a', 'u2', 9));
  store.observe(item('a', 'u1', 7));
  store.upsert(item('a', 'u1', 7));
  store.remove(item('a', 'u1', 8));
  store.upsert(item('a', 'u2', 9));
  assert.deepEqual(changes, ['deleted a u1 5', 'added a u2 9']);
});

test('before the first list answers are ignored: the list holds them, or the watch after it', () => {
  const store = newStore();
  store.observe(item('a', 'u1', 9));
  assert.equal(store.size, 0);
  assert.equal(store.synced, false);
});

test('what an answer says is gone is gone at once, and late events do not bring it back', () => {
  const { store, changes } = synced(5, item('a', 'u1', 5));
  store.forget('ns', 'a', 'u1');
  assert.deepEqual(contents(store), []);
  store.upsert(item('a', 'u1', 6));
  store.observe(item('a', 'u1', 7));
  assert.deepEqual(contents(store), []);
  store.remove(item('a', 'u1', 8));
  store.observe(item('a', 'u1', 7));
  assert.deepEqual(changes, ['deleted a u1 5']);
});

test('another object of the name is not forgotten, and comes in its turn', () => {
  const { store, changes } = synced(5, item('a', 'u2', 5));
  store.forget('ns', 'a', 'u1');
  assert.deepEqual(contents(store), ['a u2 5']);
  store.forget('ns', 'a', 'u2');
  store.remove(item('a', 'u2', 6));
  store.upsert(item('a', 'u3', 7));
  assert.deepEqual(changes, ['deleted a u2 5', 'added a u3 7']);
});

test('an object that is gone before the watch has told of it never appears', () => {
  const { store, changes } = synced(5);
  store.forget('ns', 'a', 'u1');
  store.upsert(item('a', 'u1', 6));
  store.upsert(item('a', 'u1', 7));
  store.remove(item('a', 'u1', 8));
  assert.deepEqual(changes, []);
});

test('with a new object the earlier ones of its name are gone too', () => {
  const { store, changes } = synced(5, item('a', 'u1', 5));
  store.observe(item('a', 'u2', 9));
  store.forget('ns', 'a', 'u2');
  store.upsert(item('a', 'u1', 6));
  store.observe(item('a', 'u1', 6));
  store.remove(item('a', 'u1', 7));
  store.upsert(item('a', 'u2', 9));
  store.remove(item('a', 'u2', 10));
  assert.deepEqual(changes, ['deleted a u1 5', 'added a u2 9', 'deleted a u2 9']);
  store.upsert(item('a', 'u3', 11));
  assert.deepEqual(contents(store), ['a u3 11']);
});

test('what was observed after a list was made is kept when the list comes', () => {
  const { store, changes } = synced(5, item('a', 'u1', 5), item('b', 'u2', 5));
  store.observe(item('a', 'u1', 12));
  store.observe(item('b', 'u2', 9));
  store.observe(item('c', 'u3', 13));
  changes.length = 0;
  store.replace([item('a', 'u1', 8)], '10');
  assert.deepEqual(contents(store), ['a u1 12', 'c u3 13']);
  assert.deepEqual(changes, ['deleted b u2 9']);
  store.upsert(item('a', 'u1', 12));
  store.upsert(item('c', 'u3', 13));
  assert.deepEqual(contents(store), ['a u1 12', 'c u3 13']);
});

test('what is gone since a list was made does not come back with it', () => {
  const { store, changes } = synced(5, item('a', 'u1', 5));
  store.forget('ns', 'a', 'u1');
  store.replace([item('a', 'u1', 5)], '10');
  store.upsert(item('a', 'u1', 11));
  store.remove(item('a', 'u1', 12));
  assert.deepEqual(changes, ['deleted a u1 5']);
});

test('what is gone since the first list was made does not come with it', () => {
  const store = newStore();
  store.forget('ns', 'a', 'u1');
  store.replace([item('a', 'u1', 5), item('b', 'u2', 6)], '10');
  assert.deepEqual(contents(store), ['b u2 6']);
});

test('what came and went since a list was made does not come back after it', () => {
  const { store, changes } = synced(5);
  store.observe(item('a', 'u1', 11));
  store.forget('ns', 'a', 'u1');
  store.replace([], '10');
  store.upsert(item('a', 'u1', 11));
  store.remove(item('a', 'u1', 12));
  assert.deepEqual(changes, ['added a u1 11', 'deleted a u1 11']);
});

test('after the restore of an older state no earlier answer counts', () => {
  const { store } = synced(100, item('a', 'u1', 90));
  store.forget('ns', 'a', 'u1');
  store.observe(item('b', 'u2', 110));
  store.replace([item('a', 'u1', 40)], '50');
  assert.deepEqual(contents(store), ['a u1 40']);
  store.observe(item('b', 'u3', 51));
  assert.deepEqual(contents(store), ['a u1 40', 'b u3 51']);
});

test('what was gone long before a list can be in it: a backup has brought it back', () => {
  const { store } = synced(5, item('a', 'u1', 5));
  store.forget('ns', 'a', 'u1');
  store.progress('9');
  store.replace([item('a', 'u1', 5)], '1000009');
  assert.deepEqual(contents(store), ['a u1 5']);
});
