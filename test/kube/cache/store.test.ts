import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store, type Stored } from '../../../src/kube/cache/store.ts';
import { contents, item, newStore, record } from '../support/scripted.ts';

/** What the watch does to a store; what answers do is in store-answers.test.ts. */

function synced(version: number, ...items: Stored[]) {
  const store = newStore();
  store.replace(items, String(version));
  return { store, changes: record(store) };
}

test('a store is synced by its first list, even an empty one', () => {
  const store = newStore();
  assert.equal(store.synced, false);
  assert.equal(store.version, undefined);
  store.replace([], '5');
  assert.equal(store.synced, true);
  assert.equal(store.version, '5');
  assert.equal(store.size, 0);
});

test('what comes before the first list is complete is told once, and the list has the last word', () => {
  const store = newStore();
  const changes = record(store);
  store.prefill([item('a', 'u1', 1), item('b', 'u2', 2)]);
  store.prefill([item('c', 'u3', 3)]);
  assert.equal(store.synced, false);
  assert.deepEqual(changes.splice(0), ['added a u1 1', 'added b u2 2', 'added c u3 3']);
  // That list was given up; in the next one, b is another object and c is gone.
  store.replace([item('a', 'u1', 1), item('b', 'u4', 6), item('d', 'u5', 4)], '7');
  assert.deepEqual(changes.splice(0), ['deleted c u3 3', 'deleted b u2 2', 'added b u4 6', 'added d u5 4']);
  store.prefill([item('e', 'u6', 8)]);
  assert.deepEqual(changes, []);
});

test('what an answer says is gone does not come with a page of the first list', () => {
  const store = newStore();
  store.forget('ns', 'a', 'u1');
  store.prefill([item('a', 'u1', 1), item('b', 'u2', 2)]);
  store.forget('ns', 'b', 'u2');
  assert.deepEqual(contents(store), []);
  store.replace([item('a', 'u1', 1), item('b', 'u2', 2), item('c', 'u3', 3)], '5');
  assert.deepEqual(contents(store), ['c u3 3']);
});

test('events add, change and delete, and move the version', () => {
  const { store, changes } = synced(5);
  store.upsert(item('a', 'u1', 6));
  assert.deepEqual(store.get('ns', 'a'), item('a', 'u1', 6));
  assert.equal(store.version, '6');
  store.upsert(item('a', 'u1', 7));
  assert.equal(store.size, 1);
  store.remove(item('a', 'u1', 8));
  assert.equal(store.get('ns', 'a'), undefined);
  assert.equal(store.version, '8');
  assert.deepEqual(changes, ['added a u1 6', 'modified a u1 7', 'deleted a u1 8']);
});

test('the same name in two namespaces is two objects', () => {
  const { store } = synced(5, item('a', 'u1', 3), { ...item('a', 'u2', 4), namespace: 'other' });
  assert.equal(store.get('ns', 'a')?.uid, 'u1');
  assert.equal(store.get('other', 'a')?.uid, 'u2');
  assert.equal(store.get('none', 'a'), undefined);
});

test('a duplicate changes nothing', () => {
  const { store, changes } = synced(5);
  store.upsert(item('a', 'u1', 6));
  store.upsert(item('a', 'u1', 6));
  store.remove(item('a', 'u1', 7));
  store.remove(item('a', 'u1', 7));
  store.upsert(item('a', 'u1', 6));
  assert.deepEqual(changes, ['added a u1 6', 'deleted a u1 7']);
  assert.equal(store.version, '7');
});

test('an older version of the same object is dropped, also where the versions differ in length', () => {
  const { store, changes } = synced(98, item('a', 'u1', 98));
  store.upsert(item('a', 'u1', 100));
  store.upsert(item('a', 'u1', 99));
  assert.deepEqual(contents(store), ['a u1 100']);
  assert.deepEqual(changes, ['modified a u1 100']);
  assert.equal(store.version, '100');
});

test('an event that comes after the DELETED of its object does not bring it back', () => {
  const { store, changes } = synced(5, item('a', 'u1', 5));
  store.remove(item('a', 'u1', 9));
  store.upsert(item('a', 'u1', 8));
  assert.deepEqual(contents(store), []);
  assert.deepEqual(changes, ['deleted a u1 9']);
});

test('a new object under an old name is a deletion and an addition', () => {
  const { store, changes } = synced(5, item('a', 'u1', 3));
  store.upsert(item('a', 'u2', 7));
  assert.deepEqual(contents(store), ['a u2 7']);
  assert.deepEqual(changes, ['deleted a u1 3', 'added a u2 7']);
});

test('a late DELETED of the old object leaves the new one alone', () => {
  const { store, changes } = synced(5, item('a', 'u1', 3));
  store.upsert(item('a', 'u2', 7));
  store.remove(item('a', 'u1', 6));
  assert.deepEqual(contents(store), ['a u2 7']);
  assert.deepEqual(changes, ['deleted a u1 3', 'added a u2 7']);
  assert.equal(store.version, '7');
});

test('a list is taken over as changes; what is gone is deleted with its last known state', () => {
  const { store, changes } = synced(
    5,
    item('same', 'u1', 2),
    item('changed', 'u2', 3),
    item('gone', 'u3', 4),
    item('recreated', 'u4', 5),
  );
  store.upsert(item('gone', 'u3', 6));
  changes.length = 0;
  const list = [
    item('same', 'u1', 2),
    item('changed', 'u2', 8),
    item('recreated', 'u5', 9),
    item('new', 'u6', 7),
  ];
  store.replace(list, '20');
  assert.deepEqual(contents(store), ['changed u2 8', 'new u6 7', 'recreated u5 9', 'same u1 2']);
  assert.deepEqual(changes.toSorted(), [
    'added new u6 7',
    'added recreated u5 9',
    'deleted gone u3 6',
    'deleted recreated u4 5',
    'modified changed u2 8',
  ]);
  assert.ok(changes.indexOf('deleted recreated u4 5') < changes.indexOf('added recreated u5 9'));
  assert.equal(store.version, '20');
});

test('a list of a cluster that was restored is taken over, though it is older', () => {
  const { store, changes } = synced(100, item('a', 'u1', 90), item('b', 'u2', 100));
  store.replace([item('a', 'u1', 40)], '50');
  assert.deepEqual(contents(store), ['a u1 40']);
  assert.deepEqual(changes, ['deleted b u2 100', 'modified a u1 40']);
  assert.equal(store.version, '50');
  store.upsert(item('c', 'u3', 51));
  assert.deepEqual(contents(store), ['a u1 40', 'c u3 51']);
});

test('progress moves the version forward only', () => {
  const { store, changes } = synced(5, item('a', 'u1', 3));
  store.progress('9');
  assert.equal(store.version, '9');
  store.progress('10');
  store.progress('8');
  assert.equal(store.version, '10');
  assert.deepEqual(contents(store), ['a u1 3']);
  assert.deepEqual(changes, []);
});

test('a subscriber that throws hurts nobody', () => {
  const errors: unknown[] = [];
  const store = new Store<Stored>((error) => errors.push(error));
  const bug = new Error('of a subscriber');
  store.subscribe(() => {
    throw bug;
  });
  const changes = record(store);
  store.replace([item('a', 'u1', 1)], '5');
  store.upsert(item('a', 'u1', 6));
  store.remove(item('a', 'u1', 7));
  assert.deepEqual(changes, ['added a u1 1', 'modified a u1 6', 'deleted a u1 7']);
  assert.deepEqual(errors, [bug, bug, bug]);
  assert.equal(store.version, '7');
});

test('a subscriber hears of what happens until it unsubscribes', () => {
  const { store } = synced(5, item('a', 'u1', 3));
  const heard: string[] = [];
  const stop = store.subscribe(({ item }) => heard.push(item.resourceVersion));
  store.upsert(item('a', 'u1', 6));
  stop();
  stop();
  store.upsert(item('a', 'u1', 7));
  assert.deepEqual(heard, ['6']);
});

test('who subscribes during a change hears of the next one, once', () => {
  const { store } = synced(5);
  const heard: string[] = [];
  store.subscribe(({ item }) => {
    if (item.resourceVersion === '6') store.subscribe(({ item }) => heard.push(item.resourceVersion));
  });
  store.upsert(item('a', 'u1', 6));
  assert.deepEqual(heard, []);
  store.upsert(item('a', 'u1', 7));
  assert.deepEqual(heard, ['7']);
});

test('who is unsubscribed during a change hears no more of it', () => {
  const { store } = synced(5);
  const heard: string[] = [];
  const stop = store.subscribe(() => {
    heard.push('first');
    stop();
    stopSecond();
  });
  const stopSecond = store.subscribe(() => heard.push('second'));
  store.subscribe(() => heard.push('third'));
  store.upsert(item('a', 'u1', 6));
  store.upsert(item('a', 'u1', 7));
  assert.deepEqual(heard, ['first', 'third', 'third']);
});

test('a subscriber finds the change in the store already', () => {
  const { store } = synced(5);
  const seen: (string | undefined)[] = [];
  store.subscribe(() => seen.push(store.get('ns', 'a')?.resourceVersion));
  store.upsert(item('a', 'u1', 6));
  store.remove(item('a', 'u1', 7));
  assert.deepEqual(seen, ['6', undefined]);
});
