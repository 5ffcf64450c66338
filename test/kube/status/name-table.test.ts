import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameTable, NOWHERE } from '../../../src/kube/status/name-table.ts';
import { seededRandom } from '../../support/random.ts';

interface Value {
  readonly namespace: string;
  readonly name: string;
  readonly version: number;
}

/** All there is, as the table says it by going through it. */
const contents = (table: NameTable<Value>) =>
  new Map([...table.places()].map((place) => [keyOf(table.at(place)), table.at(place)]));

const keyOf = ({ namespace, name }: Pick<Value, 'namespace' | 'name'>) => `${namespace}/${name}`;

test('after any changes it holds what a Map would hold, and finds each', () => {
  const random = seededRandom(2026);
  const pick = (count: number) => Math.floor(random() * count);
  const table = new NameTable<Value>();
  const truth = new Map<string, Value>();
  // It fills up, is emptied and fills up again: about 5,000 names, of which ever more, then ever fewer are there.
  for (let step = 0; step < 60_000; step++) {
    const value = { namespace: `team-${pick(5)}`, name: `m-${pick(1_000)}`, version: step };
    const place = table.find(value.namespace, value.name);
    assert.equal(place !== NOWHERE, truth.has(keyOf(value)));
    const isShrinking = Math.floor(step / 20_000) === 1;
    if (place === NOWHERE) {
      if (isShrinking && pick(10) > 0) continue;
      assert.equal(table.at(table.add(value)), value);
      truth.set(keyOf(value), value);
    } else if (pick(isShrinking ? 10 : 3) > 0 === isShrinking) {
      table.remove(place);
      truth.delete(keyOf(value));
    } else {
      table.replace(place, value);
      truth.set(keyOf(value), value);
    }
    if (step % 5_000 === 0) assert.deepEqual(contents(table), truth);
  }
  assert.equal(table.size, truth.size);
  for (const value of truth.values()) {
    assert.equal(table.at(table.find(value.namespace, value.name)), value);
  }
});

test('a name is one of its namespace', () => {
  const table = new NameTable<Value>();
  const value = { namespace: 'a', name: 'bc', version: 1 };
  table.add(value);
  for (const [namespace, name] of [
    ['ab', 'c'],
    ['', 'abc'],
    ['bc', 'a'],
    ['a', 'b'],
  ] as const) {
    assert.equal(table.find(namespace, name), NOWHERE);
  }
  assert.equal(table.at(table.find('a', 'bc')), value);
});

test('places stay while values are replaced', () => {
  const table = new NameTable<Value>();
  const places = Array.from({ length: 30 }, (_, index) =>
    table.add({ namespace: 'a', name: `m-${index}`, version: 0 }),
  );
  for (const [index, place] of places.entries()) {
    table.replace(place, { namespace: 'a', name: `m-${index}`, version: 1 });
    assert.equal(table.find('a', `m-${index}`), place);
  }
});
