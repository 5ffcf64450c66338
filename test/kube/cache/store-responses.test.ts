import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contents, item, newStore, syncedStore } from '../support/items.ts';

/** Responses to this process's own requests, and how the store merges them with its watch. */

test('a response ahead of the watch is visible immediately, and emits one delta', () => {
  const { store, deltas } = syncedStore(5);
  store.observe(item('a', 'u1', 8));
  assert.deepEqual(contents(store), ['a u1 8']);
  assert.equal(store.version, '5');
  store.upsert(item('a', 'u1', 8));
  assert.deepEqual(deltas, ['added a u1 8']);
  store.progress('20');
  assert.deepEqual(contents(store), ['a u1 8']);
});

test('an object ahead of the watch stays while the watch reports earlier versions', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 5));
  store.observe(item('a', 'u1', 9));
  store.upsert(item('a', 'u1', 6));
  store.upsert(item('b', 'u2', 7));
  store.progress('8');
  assert.deepEqual(contents(store), ['a u1 9', 'b u2 7']);
  store.upsert(item('a', 'u1', 9));
  store.upsert(item('a', 'u1', 10));
  assert.deepEqual(deltas, ['modified a u1 9', 'added b u2 7', 'modified a u1 10']);
});

test('an object ahead of the watch is dropped when the watch passes its version without an event', () => {
  for (const pass of [
    (store = newStore()) => store.progress('9'),
    (store = newStore()) => store.upsert(item('b', 'u2', 10)),
    (store = newStore()) => store.replace([item('b', 'u2', 10)], '11'),
  ]) {
    const { store, deltas } = syncedStore(5);
    store.observe(item('a', 'u1', 9));
    pass(store);
    assert.equal(store.get('ns', 'a'), undefined);
    assert.deepEqual(
      deltas.filter((delta) => delta.includes(' a ')),
      ['added a u1 9', 'deleted a u1 9'],
    );
  }
});

test('a response that the watch has passed is ignored', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 5));
  store.upsert(item('a', 'u1', 8));
  store.remove(item('b', 'u2', 9));
  store.observe(item('a', 'u1', 7));
  store.observe(item('b', 'u2', 6));
  store.observe(item('c', 'u3', 9));
  assert.deepEqual(contents(store), ['a u1 8']);
  assert.deepEqual(deltas, ['modified a u1 8']);
});

test('of two responses ahead of the watch the newer one wins, in any order of arrival', () => {
  const { store, deltas } = syncedStore(5);
  store.observe(item('a', 'u1', 99));
  store.observe(item('a', 'u1', 100));
  store.observe(item('a', 'u1', 99));
  store.observe(item('a', 'u1', 100));
  assert.deepEqual(deltas, ['added a u1 99', 'modified a u1 100']);
});

test('a response with a new object of the same name replaces the old object', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 5));
  store.observe(item('a', 'u2', 9));
  store.observe(item('a', 'u1', 7));
  store.upsert(item('a', 'u1', 7));
  store.remove(item('a', 'u1', 8));
  store.upsert(item('a', 'u2', 9));
  assert.deepEqual(deltas, ['deleted a u1 5', 'added a u2 9']);
});

test('responses before the first list are ignored, because the list or its watch will contain them', () => {
  const store = newStore();
  store.observe(item('a', 'u1', 9));
  assert.equal(store.size, 0);
  assert.equal(store.synced, false);
});

test('an object that a response reports as deleted is removed immediately, and late events do not restore it', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 5));
  store.forget('ns', 'a', 'u1');
  assert.deepEqual(contents(store), []);
  store.upsert(item('a', 'u1', 6));
  store.observe(item('a', 'u1', 7));
  assert.deepEqual(contents(store), []);
  store.remove(item('a', 'u1', 8));
  store.observe(item('a', 'u1', 7));
  assert.deepEqual(deltas, ['deleted a u1 5']);
});

test('forgetting an object does not affect others of the same name', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u2', 5));
  store.forget('ns', 'a', 'u1');
  assert.deepEqual(contents(store), ['a u2 5']);
  store.forget('ns', 'a', 'u2');
  store.remove(item('a', 'u2', 6));
  store.upsert(item('a', 'u3', 7));
  assert.deepEqual(deltas, ['deleted a u2 5', 'added a u3 7']);
});

test('an object deleted before the watch reports it never appears', () => {
  const { store, deltas } = syncedStore(5);
  store.forget('ns', 'a', 'u1');
  store.upsert(item('a', 'u1', 6));
  store.upsert(item('a', 'u1', 7));
  store.remove(item('a', 'u1', 8));
  assert.deepEqual(deltas, []);
});

test('forgetting a new object also excludes earlier objects of its name', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 5));
  store.observe(item('a', 'u2', 9));
  store.forget('ns', 'a', 'u2');
  store.upsert(item('a', 'u1', 6));
  store.observe(item('a', 'u1', 6));
  store.remove(item('a', 'u1', 7));
  store.upsert(item('a', 'u2', 9));
  store.remove(item('a', 'u2', 10));
  assert.deepEqual(deltas, ['deleted a u1 5', 'added a u2 9', 'deleted a u2 9']);
  store.upsert(item('a', 'u3', 11));
  assert.deepEqual(contents(store), ['a u3 11']);
});

test('an object observed after the version of a list is kept when the list arrives', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 5), item('b', 'u2', 5));
  store.observe(item('a', 'u1', 12));
  store.observe(item('b', 'u2', 9));
  store.observe(item('c', 'u3', 13));
  deltas.length = 0;
  store.replace([item('a', 'u1', 8)], '10');
  assert.deepEqual(contents(store), ['a u1 12', 'c u3 13']);
  assert.deepEqual(deltas, ['deleted b u2 9']);
  store.upsert(item('a', 'u1', 12));
  store.upsert(item('c', 'u3', 13));
  assert.deepEqual(contents(store), ['a u1 12', 'c u3 13']);
});

test('an object deleted after the version of a list is not restored by it', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 5));
  store.forget('ns', 'a', 'u1');
  store.replace([item('a', 'u1', 5)], '10');
  store.upsert(item('a', 'u1', 11));
  store.remove(item('a', 'u1', 12));
  assert.deepEqual(deltas, ['deleted a u1 5']);
});

test('an object deleted after the version of the first list is not added by it', () => {
  const store = newStore();
  store.forget('ns', 'a', 'u1');
  store.replace([item('a', 'u1', 5), item('b', 'u2', 6)], '10');
  assert.deepEqual(contents(store), ['b u2 6']);
});

test('an object created and deleted after the version of a list is not restored after it', () => {
  const { store, deltas } = syncedStore(5);
  store.observe(item('a', 'u1', 11));
  store.forget('ns', 'a', 'u1');
  store.replace([], '10');
  store.upsert(item('a', 'u1', 11));
  store.remove(item('a', 'u1', 12));
  assert.deepEqual(deltas, ['added a u1 11', 'deleted a u1 11']);
});

test('a list of a restored cluster invalidates earlier responses', () => {
  const { store } = syncedStore(100, item('a', 'u1', 90));
  store.forget('ns', 'a', 'u1');
  store.observe(item('b', 'u2', 110));
  store.replace([item('a', 'u1', 40)], '50');
  assert.deepEqual(contents(store), ['a u1 40']);
  store.observe(item('b', 'u3', 51));
  assert.deepEqual(contents(store), ['a u1 40', 'b u3 51']);
});

test('an object deleted long before a list may be in it, because a backup was restored', () => {
  const { store } = syncedStore(5, item('a', 'u1', 5));
  store.forget('ns', 'a', 'u1');
  store.progress('9');
  store.replace([item('a', 'u1', 5)], '1000009');
  assert.deepEqual(contents(store), ['a u1 5']);
});
