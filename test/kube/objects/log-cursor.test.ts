import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogCursor } from '../../../src/kube/objects/logs/cursor.ts';
import { seededRandom } from '../../support/random.ts';

const SEED = 2026;
const ROUNDS = 300;
const at = (nanoseconds: number): string =>
  `2026-05-04T08:15:${String(10 + Math.floor(nanoseconds / 1e9)).padStart(2, '0')}.${String(nanoseconds % 1e9).padStart(9, '0')}Z`;

/** What the kubelet sends: it compares the timestamps of lines with a whole second. */
const since = (lines: readonly string[], query: { readonly sinceTime: string } | undefined): Buffer =>
  Buffer.from(lines.filter((line) => line.slice(0, 19) >= (query?.sinceTime ?? '').slice(0, 19)).join(''));

test(`a log that is cut ${ROUNDS} times gives each line once, in order`, () => {
  const random = seededRandom(SEED);
  let time = 0;
  const lines = Array.from({ length: 2_000 }, (_, index) => {
    time += Math.floor(random() * 20e6);
    // The streams of a container are not exactly in order, and their clock does not always advance.
    const swapped = random() < 0.1 ? Math.max(0, time - 1_000) : time;
    return `${at(swapped)} ${random() < 0.2 ? 'again' : `line ${index}`}\n`;
  });
  const cursor = new LogCursor();
  let text = '';
  let written = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    written = round === ROUNDS ? lines.length : Math.min(lines.length, written + Math.floor(random() * 20));
    const log = since(lines.slice(0, written), cursor.restart());
    const end = round === ROUNDS ? log.length : Math.floor(random() * (log.length + 1));
    for (let start = 0; start < end; ) {
      const next = Math.min(end, start + 1 + Math.floor(random() * 200));
      text += cursor.take(log.subarray(start, next)).toString();
      start = next;
    }
  }
  assert.equal(text, lines.map((line) => line.slice(line.indexOf(' ') + 1)).join(''));
});

test('equal lines with equal timestamps are counted', () => {
  const line = `${at(5)} same\n`;
  const cursor = new LogCursor();
  assert.equal(cursor.restart(), undefined);
  assert.equal(cursor.take(Buffer.from(line.repeat(2))).toString(), 'same\nsame\n');
  assert.deepEqual(cursor.restart(), { sinceTime: '2026-05-04T08:15:10Z' });
  assert.equal(cursor.take(Buffer.from(line.repeat(3))).toString(), 'same\n');
});

test('after a rotation, a log goes on with the first line that is newer', () => {
  const cursor = new LogCursor();
  cursor.take(Buffer.from(`${at(5)} old\n`));
  cursor.restart();
  assert.equal(cursor.take(Buffer.from(`${at(6)} new\n${at(7)} newer\n`)).toString(), 'new\nnewer\n');
});

test('lines without a timestamp, empty and very long ones, and an unfinished end', () => {
  const cursor = new LogCursor();
  assert.equal(cursor.take(Buffer.from('failed to read the log\n')).toString(), 'failed to read the log\n');
  assert.equal(cursor.take(Buffer.from(`${at(1)} \n`)).toString(), '\n');
  const long = 'x'.repeat(1_500_000);
  assert.equal(cursor.take(Buffer.from(`${at(2)} ${long}`)).toString(), long);
  assert.equal(cursor.take(Buffer.from('the rest\n')).toString(), 'the rest\n');
  assert.equal(cursor.take(Buffer.from(`${at(3)} end`)).toString(), '');
  assert.equal(cursor.end().toString(), 'end\n');
  assert.equal(cursor.end().toString(), '');
});
