import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventLog } from '../../../src/http/sse/event-log.ts';
import { FakeMachines } from '../../support/fake-machines.ts';

function logOf(maxBytes: number) {
  const machines = new FakeMachines();
  const log = new EventLog(maxBytes);
  machines.subscribe((update) => log.append(update));
  return { machines, log };
}

test('every event but the newest of a machine is superseded', () => {
  const { machines, log } = logOf(1e6);
  for (const name of ['a', 'b', 'a', 'a', 'c']) machines.set(name);
  machines.remove('b');
  machines.set('b');
  const superseded = [1, 2, 3, 4, 5, 6, 7].map((number) => log.get(number)?.superseded);
  assert.deepEqual(superseded, [true, true, true, false, false, false, false]);
  assert.equal(log.last, 7);
});

test('an id of this log is known as long as all later events are kept', () => {
  const { machines, log } = logOf(1e6);
  machines.set('a');
  machines.set('a');
  for (const number of [0, 1, 2]) assert.equal(log.numberOf(log.idOf(number)), number);
  const other = new EventLog(1e6);
  for (const id of [log.idOf(3), other.idOf(1), 'unfinished', '', '1', `${log.idOf(1)}x`, 'é.1'])
    assert.equal(log.numberOf(id), undefined, id);
});

test('the oldest events are dropped when the log is full, the newest stays whatever its size', () => {
  const { machines, log } = logOf(10_000);
  for (let index = 0; index < 1_000; index++) machines.set(`m${index % 50}`, { padding: index % 500 });
  const kept = Array.from({ length: 1_001 }, (_, number) => log.get(number)).filter(Boolean);
  const bytes = kept.reduce((sum, event) => sum + (event?.frame.length ?? 0), 0);
  assert.ok(bytes <= 10_000 && bytes > 8_000, `${bytes}`);
  const [oldest] = kept;
  assert.ok(oldest);
  assert.equal(log.numberOf(log.idOf(oldest.number - 1)), oldest.number - 1);
  assert.equal(log.numberOf(log.idOf(oldest.number - 2)), undefined);

  machines.set('large', { padding: 20_000 });
  assert.equal(log.get(1_000), undefined);
  assert.equal(log.get(1_001)?.key.name, 'large');
  machines.set('large');
  assert.equal(log.get(1_001), undefined);
  assert.equal(log.get(1_002)?.superseded, false);
});
