import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { durationMs } from '../../dev/operator/duration.ts';
import { createQueue } from '../../dev/operator/queue.ts';
import { parseManifest } from '../../dev/operator/repair.ts';
import { toStatus, withCondition, withoutCondition } from '../../dev/operator/status.ts';
import { expandEnv, readWatches } from '../../dev/operator/watches.ts';
import { findHelmOperator } from '../../dev/operator.ts';
import { until } from '../support/until.ts';
import { temporaryFolder } from './support/processes.ts';

test('durations as Go writes them', () => {
  assert.equal(durationMs('15m'), 900_000);
  assert.equal(durationMs('1h0.5s250ms'), 3_600_750);
  for (const text of ['', '15', 'm', '1d', '-1m', '1m '])
    assert.throws(() => durationMs(text), /no duration/);
});

test('variables as Go expands them', () => {
  const env = { NAME: 'value', N: 'short' };
  assert.equal(expandEnv(`$NAME, ${'$'}{N}: $N.x $MISSING|`, env), 'value, short: short.x |');
  assert.equal(expandEnv('100 $ and $-', env), '100 $ and $-');
});

test('watches.yaml: overrides as helm takes them, the period, what a comparison of releases sees', async (t) => {
  const chart = join(await temporaryFolder(t), 'chart');
  await mkdir(chart);
  await writeFile(join(chart, 'Chart.yaml'), 'name: gadget\n');
  const file = join(chart, 'watches.yaml');
  const write = (text: string) => writeFile(file, `- {version: v1, kind: Gadget, chart: ${chart}, ${text}}`);

  await write(`group: example.org, overrideValues: {a.b: "\${ONE},\\\\,", c: $TWO}, dryRunOption: server`);
  assert.deepEqual(await readWatches(file, { ONE: '1' }), [
    {
      group: 'example.org',
      version: 'v1',
      kind: 'Gadget',
      chart,
      chartName: 'gadget',
      overrides: ['a.b=1,\\,', 'c='],
      reconcilePeriodMs: 60_000,
      dryRun: 'server',
    },
  ]);
  await write('reconcilePeriod: 10s');
  const [{ dryRun, reconcilePeriodMs, overrides } = {}] = await readWatches(file, {});
  assert.deepEqual([dryRun, reconcilePeriodMs, overrides], ['client', 10_000, []]);
  await write('overrideValues: {a: 1}');
  await assert.rejects(readWatches(file, {}), /overrideValues\.a must be a string/);
  await write('overrideValues: {a: $A}');
  await assert.rejects(readWatches(file, { A: '{{ now }}' }), /no templates/);
});

test('a manifest is read as Go reads it', () => {
  const text =
    '---\n# Source: a\n---\nmode: 0644\non: yes\nat: 2026-01-01T00:00:00Z\ntime: 1:30\ntext: "no"\n---\n';
  assert.deepEqual(parseManifest(text), [
    { mode: 0o644, true: true, at: '2026-01-01T00:00:00Z', time: '1:30', text: 'no' },
  ]);
});

test('a status keeps the time of a condition that stays what it is, and nothing that is not its own', () => {
  const old = { type: 'Deployed', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' };
  const foreign = { type: 'Foreign', status: 'True', observedGeneration: 3 };
  const stored = { conditions: [old, foreign], phase: 'Running' };
  const status = toStatus(stored);
  assert.deepEqual(status, { conditions: [old, { type: 'Foreign', status: 'True' }] });
  const same = withCondition(status, 'Deployed', 'True', 'UpgradeSuccessful', 'notes');
  assert.deepEqual(same.conditions[0], { ...old, reason: 'UpgradeSuccessful', message: 'notes' });
  const other = withCondition(same, 'Deployed', 'False');
  assert.notEqual(other.conditions[0]?.lastTransitionTime, old.lastTransitionTime);
  assert.deepEqual(withoutCondition(other, 'Deployed').conditions, [{ type: 'Foreign', status: 'True' }]);
});

test('the queue: one at a time for each key, once more after a change meanwhile, no more than so many at once', async () => {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const queue = createQueue({
    workers: 2,
    work: async (key) => {
      begun.push(key);
      await new Promise<void>((resolve) => ends.push(resolve));
      return undefined;
    },
    onError: (_, error) => assert.fail(String(error)),
  });
  for (const key of ['a', 'a', 'b', 'c', 'a']) queue.add(key);
  assert.deepEqual(begun, ['a', 'b']);
  ends[0]?.();
  await until('three calls', () => begun.length === 3);
  assert.deepEqual(begun, ['a', 'b', 'c']);
  ends[1]?.();
  await until('four calls', () => begun.length === 4);
  assert.deepEqual(begun, ['a', 'b', 'c', 'a']);
  const stopped = queue.stop();
  queue.add('d');
  for (const end of ends) end();
  await stopped;
  assert.equal(begun.length, 4);
});

test('the queue: what fails is tried again, later each time; what is due comes again by itself', async () => {
  const waits: number[] = [];
  let turns = 0;
  const queue = createQueue({
    workers: 1,
    work: async () => {
      turns++;
      if (turns < 3) throw new Error('not yet');
      return turns === 3 ? 10 : undefined;
    },
    onError: (_key, _error, waitMs) => waits.push(waitMs),
  });
  queue.add('a');
  await until('four calls', () => turns === 4);
  assert.deepEqual(waits, [200, 400]);
  await sleep(50);
  assert.equal(turns, 4);
  await queue.stop();
});

test('helm-operator: the one that is named, else the one on the PATH, else none', async (t) => {
  const dir = await temporaryFolder(t);
  const PATH = `/nowhere:${dir}`;
  assert.equal(findHelmOperator({ PATH }), undefined);
  const program = join(dir, 'helm-operator');
  await writeFile(program, '', { mode: 0o755 });
  assert.equal(findHelmOperator({ PATH }), program);
  assert.equal(findHelmOperator({ HELM_OPERATOR: program }), program);
  assert.throws(
    () => findHelmOperator({ PATH, HELM_OPERATOR: join(dir, 'other') }),
    /no program that can be run/,
  );
});
