import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store, type Stored } from '../../../src/kube/cache/store.ts';
import { contents, item, newStore, record, syncedStore } from '../support/items.ts';

/** The watch as the source. Responses are tested in store-responses.test.ts. */

test('a store is synced by its first list, even an empty one', () => {
  const store = newStore();
  assert.equal(store.synced, false);
  assert.equal(store.version, undefined);
  store.replace([], '5');
  assert.equal(store.synced, true);
  assert.equal(store.version, '5');
  assert.equal(store.size, 0);
});

test('pages of the first list emit their deltas once, and the complete list overrides them', () => {
  const store = newStore();
  const deltas = record(store);
  for (const one of [item('a', 'u1', 1), item('b', 'u2', 2)]) store.prefill(one);
  store.prefill(item('c', 'u3', 3));
  assert.equal(store.synced, false);
  assert.deepEqual(deltas.splice(0), ['added a u1 1', 'added b u2 2', 'added c u3 3']);
  // That list expired; in the next one, b is another object and c is missing.
  store.replace([item('a', 'u1', 1), item('b', 'u4', 6), item('d', 'u5', 4)], '7');
  assert.deepEqual(deltas.splice(0), ['deleted c u3 3', 'deleted b u2 2', 'added b u4 6', 'added d u5 4']);
  store.prefill(item('e', 'u6', 8));
  assert.deepEqual(deltas, []);
});

test('an object that a response reports as deleted is not added by a page of the first list', () => {
  const store = newStore();
  store.forget('ns', 'a', 'u1');
  for (const one of [item('a', 'u1', 1), item('b', 'u2', 2)]) store.prefill(one);
  store.forget('ns', 'b', 'u2');
  assert.deepEqual(contents(store), []);
  store.replace([item('a', 'u1', 1), item('b', 'u2', 2), item('c', 'u3', 3)], '5');
  assert.deepEqual(contents(store), ['c u3 3']);
});

test('events add, modify and delete objects, and advance the version', () => {
  const { store, deltas } = syncedStore(5);
  store.upsert(item('a', 'u1', 6));
  assert.deepEqual(store.get('ns', 'a'), item('a', 'u1', 6));
  assert.equal(store.version, '6');
  store.upsert(item('a', 'u1', 7));
  assert.equal(store.size, 1);
  store.remove(item('a', 'u1', 8));
  assert.equal(store.get('ns', 'a'), undefined);
  assert.equal(store.version, '8');
  assert.deepEqual(deltas, ['added a u1 6', 'modified a u1 7', 'deleted a u1 8']);
});

test('objects of the same name in two namespaces are distinct', () => {
  const { store } = syncedStore(5, item('a', 'u1', 3), { ...item('a', 'u2', 4), namespace: 'other' });
  assert.equal(store.get('ns', 'a')?.uid, 'u1');
  assert.equal(store.get('other', 'a')?.uid, 'u2');
  assert.equal(store.get('none', 'a'), undefined);
});

test('a duplicate event has no effect', () => {
  const { store, deltas } = syncedStore(5);
  store.upsert(item('a', 'u1', 6));
  store.upsert(item('a', 'u1', 6));
  store.remove(item('a', 'u1', 7));
  store.remove(item('a', 'u1', 7));
  store.upsert(item('a', 'u1', 6));
  assert.deepEqual(deltas, ['added a u1 6', 'deleted a u1 7']);
  assert.equal(store.version, '7');
});

test('an older version of the same object is dropped, even if the versions differ in length', () => {
  const { store, deltas } = syncedStore(98, item('a', 'u1', 98));
  store.upsert(item('a', 'u1', 100));
  store.upsert(item('a', 'u1', 99));
  assert.deepEqual(contents(store), ['a u1 100']);
  assert.deepEqual(deltas, ['modified a u1 100']);
  assert.equal(store.version, '100');
});

test('an event older than the DELETED event of its object does not restore it', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 5));
  store.remove(item('a', 'u1', 9));
  store.upsert(item('a', 'u1', 8));
  assert.deepEqual(contents(store), []);
  assert.deepEqual(deltas, ['deleted a u1 9']);
});

test('a new object of the same name is a deletion and an addition', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 3));
  store.upsert(item('a', 'u2', 7));
  assert.deepEqual(contents(store), ['a u2 7']);
  assert.deepEqual(deltas, ['deleted a u1 3', 'added a u2 7']);
});

test('a late DELETED event of the old object does not delete the new one', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 3));
  store.upsert(item('a', 'u2', 7));
  store.remove(item('a', 'u1', 6));
  assert.deepEqual(contents(store), ['a u2 7']);
  assert.deepEqual(deltas, ['deleted a u1 3', 'added a u2 7']);
  assert.equal(store.version, '7');
});

test('a list is applied as deltas, and missing objects are deleted with their last known state', () => {
  const { store, deltas } = syncedStore(
    5,
    item('same', 'u1', 2),
    item('changed', 'u2', 3),
    item('gone', 'u3', 4),
    item('recreated', 'u4', 5),
  );
  store.upsert(item('gone', 'u3', 6));
  deltas.length = 0;
  const list = [
    item('same', 'u1', 2),
    item('changed', 'u2', 8),
    item('recreated', 'u5', 9),
    item('new', 'u6', 7),
  ];
  store.replace(list, '20');
  assert.deepEqual(contents(store), ['changed u2 8', 'new u6 7', 'recreated u5 9', 'same u1 2']);
  assert.deepEqual(deltas.toSorted(), [
    'added new u6 7',
    'added recreated u5 9',
    'deleted gone u3 6',
    'deleted recreated u4 5',
    'modified changed u2 8',
  ]);
  assert.ok(deltas.indexOf('deleted recreated u4 5') < deltas.indexOf('added recreated u5 9'));
  assert.equal(store.version, '20');
});

test('a list of a restored cluster is applied, although its version is older', () => {
  const { store, deltas } = syncedStore(100, item('a', 'u1', 90), item('b', 'u2', 100));
  store.replace([item('a', 'u1', 40)], '50');
  assert.deepEqual(contents(store), ['a u1 40']);
  assert.deepEqual(deltas, ['deleted b u2 100', 'modified a u1 40']);
  assert.equal(store.version, '50');
  store.upsert(item('c', 'u3', 51));
  assert.deepEqual(contents(store), ['a u1 40', 'c u3 51']);
});

test('progress only advances the version', () => {
  const { store, deltas } = syncedStore(5, item('a', 'u1', 3));
  store.progress('9');
  assert.equal(store.version, '9');
  store.progress('10');
  store.progress('8');
  assert.equal(store.version, '10');
  assert.deepEqual(contents(store), ['a u1 3']);
  assert.deepEqual(deltas, []);
});

test('a subscriber that throws does not affect the store or other subscribers', () => {
  const errors: unknown[] = [];
  const store = new Store<Stored>((error) => errors.push(error));
  const bug = new Error('thrown by a subscriber');
  store.subscribe(() => {
    throw bug;
  });
  const deltas = record(store);
  store.replace([item('a', 'u1', 1)], '5');
  store.upsert(item('a', 'u1', 6));
  store.remove(item('a', 'u1', 7));
  assert.deepEqual(deltas, ['added a u1 1', 'modified a u1 6', 'deleted a u1 7']);
  assert.deepEqual(errors, [bug, bug, bug]);
  assert.equal(store.version, '7');
});

test('a subscriber receives deltas until it unsubscribes', () => {
  const { store } = syncedStore(5, item('a', 'u1', 3));
  const received: string[] = [];
  const stop = store.subscribe(({ item }) => received.push(item.resourceVersion));
  store.upsert(item('a', 'u1', 6));
  stop();
  stop();
  store.upsert(item('a', 'u1', 7));
  assert.deepEqual(received, ['6']);
});

test('a subscriber added during a delta receives the next one, once', () => {
  const { store } = syncedStore(5);
  const received: string[] = [];
  store.subscribe(({ item }) => {
    if (item.resourceVersion === '6') store.subscribe(({ item }) => received.push(item.resourceVersion));
  });
  store.upsert(item('a', 'u1', 6));
  assert.deepEqual(received, []);
  store.upsert(item('a', 'u1', 7));
  assert.deepEqual(received, ['7']);
});

test('a subscriber removed during a delta does not receive it', () => {
  const { store } = syncedStore(5);
  const received: string[] = [];
  const stop = store.subscribe(() => {
    received.push('first');
    stop();
    stopSecond();
  });
  const stopSecond = store.subscribe(() => received.push('second'));
  store.subscribe(() => received.push('third'));
  store.upsert(item('a', 'u1', 6));
  store.upsert(item('a', 'u1', 7));
  assert.deepEqual(received, ['first', 'third', 'third']);
});

test('the store contains a delta before subscribers receive it', () => {
  const { store } = syncedStore(5);
  const seen: (string | undefined)[] = [];
  store.subscribe(() => seen.push(store.get('ns', 'a')?.resourceVersion));
  store.upsert(item('a', 'u1', 6));
  store.remove(item('a', 'u1', 7));
  assert.deepEqual(seen, ['6', undefined]);
});
