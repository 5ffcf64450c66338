import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObjectOf, type TimelineItem, toTimeline } from '../../src/devmachine/timeline.ts';

test('an object belongs to a machine by its name, and never to another machine', () => {
  const long = 'm'.repeat(53);
  const cut = `${long}-${'6c9f'}x2k4q`;
  const own: readonly (readonly [machine: string, kind: string, name: string])[] = [
    ['a', 'DevMachine', 'a'],
    ['a', 'Deployment', 'a'],
    ['a', 'Ingress', 'a'],
    ['a', 'ReplicaSet', 'a-6c9f7d5b8'],
    ['a', 'Pod', 'a-6c9f7d5b8-x2k4q'],
    ['a', 'PersistentVolumeClaim', 'a-disk'],
    ['a', 'PersistentVolumeClaim', 'a-m-0123456789ab'],
    ['a', 'Certificate', 'a-tls'],
    ['a-b', 'Pod', 'a-b-6c9f7d5b8-x2k4q'],
    ['a-6c9f7d5b8', 'Pod', 'a-6c9f7d5b8-5d59d67564-x2k4q'],
    [long, 'ReplicaSet', `${long}-6c9f7d5b8`],
    [long, 'Pod', cut],
  ];
  assert.equal(cut.length, 63);
  const names = new Set(own.map(([machine]) => machine));
  for (const [machine, kind, name] of own)
    for (const other of names)
      assert.equal(isObjectOf(other, { kind, name }), other === machine, `${kind} ${name} of ${other}`);
  for (const [kind, name] of [
    ['Pod', 'a'],
    ['Pod', 'a-0'],
    ['Pod', 'a-b-6c9f7d5b8-x2k4q'],
    // Of a Job.
    ['Pod', 'a-import-x2k4q'],
    ['Pod', 'a-6c9f7d5b8x2k4q'],
    ['ReplicaSet', 'a-b-6c9f7d5b8'],
    ['PersistentVolumeClaim', 'a'],
    ['PersistentVolumeClaim', 'a-m-0123456789ab-disk'],
    ['Secret', 'a-access'],
    ['Node', 'a'],
  ] as const)
    assert.equal(isObjectOf('a', { kind, name }), false, `${kind} ${name}`);
});

const item = (message: string, time: string, lastTime = time, count = 1): TimelineItem => ({
  time,
  lastTime,
  count,
  type: 'Normal',
  reason: 'Pulled',
  message,
  object: { kind: 'Pod', name: 'a-6c9f7d5b8-x2k4q' },
});

test('equal items are one, the oldest is first, and the newest 500 are kept', () => {
  const { items, incomplete } = toTimeline(
    [
      item('later', '2026-05-04T08:15:31.000001Z'),
      item('again', '2026-05-04T08:15:40Z', '2026-05-04T08:15:50Z', 2),
      item('again', '2026-05-04T08:15:31Z', '2026-05-04T08:15:41Z', 3),
      item('first', '2026-05-04T08:15:30.999999Z'),
    ],
    true,
  );
  assert.deepEqual(
    items.map(({ message, count, lastTime }) => [message, count, lastTime]),
    [
      ['first', 1, '2026-05-04T08:15:30.999999Z'],
      ['later', 1, '2026-05-04T08:15:31.000001Z'],
      ['again', 5, '2026-05-04T08:15:50Z'],
    ],
  );
  assert.equal(incomplete, false);
  assert.equal(toTimeline([], false).incomplete, true);

  const time = (index: number) => new Date(1_777_777_777_000 + 1_000 * index).toISOString();
  const many = Array.from({ length: 501 }, (_, index) => item(String(index), time(index))).reverse();
  const newest = toTimeline(many, true);
  assert.deepEqual([newest.items.length, newest.items[0]?.message, newest.incomplete], [500, '1', true]);
});
