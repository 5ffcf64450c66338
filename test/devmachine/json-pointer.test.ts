import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences, pointerKeys, toPointer, valueAt } from '../../src/devmachine/json-pointer.ts';

test('names the deepest field that differs', () => {
  const one = { same: [1, { a: null }], cpu: 2, deep: { list: [{ name: 'a', value: '1' }, 2], gone: 1 } };
  const other = { same: [1, { a: null }], cpu: '2', deep: { list: [{ name: 'a', value: '2' }], come: {} } };
  assert.deepEqual(differences(one, one), []);
  assert.deepEqual(differences(one, other), [
    '/cpu',
    '/deep/list/0/value',
    '/deep/list/1',
    '/deep/gone',
    '/deep/come',
  ]);
  assert.deepEqual(differences(other, one).sort(), differences(one, other).sort());
});

test('a list, an object, null and undefined all differ', () => {
  const values = [[], {}, null, undefined, 0, ''];
  for (const [index, one] of values.entries()) {
    for (const other of values.slice(index + 1))
      assert.deepEqual(differences({ a: one }, { a: other }), ['/a']);
  }
});

test('keys are escaped according to RFC 6901', () => {
  const [pointer] = differences({ 'a/b~c': { '': 1 } }, { 'a/b~c': { '': 2 } });
  assert.equal(pointer, '/a~1b~0c/');
  assert.deepEqual(pointerKeys('/a~1b~0c/'), ['a/b~c', '']);
  assert.equal(toPointer(['a/b~c', '']), '/a~1b~0c/');
  assert.equal(toPointer(['a', 0]), '/a/0');
  assert.equal(valueAt({ 'a/b~c': { '': 1 } }, '/a~1b~0c/'), 1);
  assert.equal(valueAt({ a: [{ b: 1 }] }, '/a/0/b'), 1);
  assert.equal(valueAt({ a: [] }, '/a/0/b'), undefined);
});

test('inherited properties are ignored', () => {
  assert.deepEqual(differences({}, JSON.parse('{"__proto__":{"a":1}}')), ['/__proto__']);
  assert.equal(valueAt({}, '/constructor'), undefined);
});
