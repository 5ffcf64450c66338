import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listAll } from '../../../src/kube/cache/list-pager.ts';
import { MAX_STEPS, spreadOverTurns } from '../../../src/kube/cache/turns.ts';
import { countPerTurn } from '../../support/turns.ts';
import { object, transform } from '../support/items.ts';
import { list } from '../support/responses.ts';
import { scriptedClient } from '../support/scripted-client.ts';

/** A step is as short as this if it only counts. */
function* countedSteps(length: number, add: () => void): Generator<void> {
  for (let step = 0; step < length; step++) {
    add();
    yield;
  }
}

test('several pieces of long work never share a turn of the event loop', async (t) => {
  const turns = countPerTurn(t);
  let steps = 0;
  const add = () => {
    turns.add();
    steps++;
  };
  await Promise.all([1_000, 2_000, 3_000].map((length) => spreadOverTurns(countedSteps(length, add))));
  assert.equal(steps, 6_000);
  assert.ok(turns.most() <= MAX_STEPS, `${turns.most()} steps in one turn`);
});

test('a step that takes long has a turn of its own', async (t) => {
  const turns = countPerTurn(t);
  const keepBusy = () => {
    turns.add();
    for (const end = performance.now() + 6; performance.now() < end; );
  };
  await spreadOverTurns(countedSteps(10, keepBusy));
  assert.equal(turns.most(), 1);
});

test('an error in a step reaches the caller, and others still have their turns', async () => {
  let steps = 0;
  const failing = spreadOverTurns(
    countedSteps(10, () => {
      throw new Error('a bug');
    }),
  );
  const other = spreadOverTurns(countedSteps(1_000, () => steps++));
  await assert.rejects(failing, { message: 'a bug' });
  await other;
  assert.equal(steps, 1_000);
});

test('the objects of lists that arrive together are converted over many turns', async (t) => {
  const turns = countPerTurn(t);
  const { signal } = new AbortController();
  const objects = Array.from({ length: 500 }, (_, index) => object(`m-${index}`, `u-${index}`, 1));
  const counted = (value: unknown) => {
    turns.add();
    return transform(value);
  };
  const lists = Array.from({ length: 8 }, () =>
    listAll({
      client: scriptedClient({ list: list(5, ...objects) }),
      path: '/path',
      transform: counted,
      signal,
    }),
  );
  const items = (await Promise.all(lists)).flatMap((one) => one.items);
  assert.equal(items.length, 8 * objects.length);
  assert.ok(turns.most() <= MAX_STEPS, `${turns.most()} objects in one turn`);
});
