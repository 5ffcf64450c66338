import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { followFile } from '../../dev/follow-file.ts';
import { createFailureLog } from '../../dev/operator-log.ts';
import { until } from '../support/until.ts';
import { atEnd, temporaryFolder } from './support/processes.ts';

const entry = (level: string, fields: object) =>
  `${JSON.stringify({ level, ts: '2026-01-01', ...fields })}\n`;
const MACHINE = { namespace: 'team', name: 'm', apiVersion: 'ide.example.com/v1alpha1', kind: 'DevMachine' };

function collect(now?: () => number) {
  const lines: string[] = [];
  return { lines, write: createFailureLog((line) => lines.push(line), now) };
}

test('failures are printed with their machine; other entries are not', () => {
  const { lines, write } = collect();
  write(entry('info', { logger: 'cmd', msg: 'Watching all namespaces' }));
  write(entry('info', { logger: 'helm.controller', msg: 'Reconciled release', ...MACHINE }));
  write('W1127 10:15:00.123456       1 warnings.go:70] deprecated\n');
  write('E1127 10:15:00.123456       1 reflector.go:561] "Failed to watch" err="secrets is forbidden"\n');
  write(
    entry('error', {
      logger: 'helm.controller',
      msg: 'Release failed',
      ...MACHINE,
      error: 'one\ntwo',
      stacktrace: 'a\nb',
    }),
  );
  write(entry('error', { logger: 'cmd', msg: 'Manager exited non-zero.', error: 'no such file' }));
  assert.deepEqual(lines, [
    '[operator] "Failed to watch" err="secrets is forbidden"',
    '[operator] team/m: one\n  two',
    '[operator] no such file',
  ]);
});

test('a conflict with a concurrent change is not printed', () => {
  const { lines, write } = collect();
  const error =
    'Operation cannot be fulfilled on devmachines.ide.example.com "m": the object has been modified; please apply your changes to the latest version and try again';
  write(entry('error', { msg: 'Reconciler error', controller: 'devmachine-controller', ...MACHINE, error }));
  assert.deepEqual(lines, []);
});

test('why an upgrade failed is printed, although it shares a line with the next entry', () => {
  const { lines, write } = collect();
  write('release upgrade failed; quota exceeded');
  write('release upgrade failed; disk is full');
  write(entry('info', { msg: 'Reconciled release', namespace: 'team', name: 'other' }));
  write('release upgrade failed; first line\nsecond line');
  write(entry('error', { msg: 'Release failed', ...MACHINE, error: 'upgrade failed; rollback required' }));
  assert.deepEqual(lines, [
    '[operator] release upgrade failed; quota exceeded',
    '[operator] release upgrade failed; disk is full',
    '[operator] release upgrade failed; first line',
    '[operator] second line',
    '[operator] team/m: upgrade failed; rollback required',
  ]);
});

test('a text that arrives in pieces is put together', () => {
  const { lines, write } = collect();
  const text = `release upgrade failed; no${entry('error', { msg: 'Release failed', ...MACHINE, error: 'no' })}`;
  for (const piece of text) write(piece);
  assert.deepEqual(lines, ['[operator] release upgrade failed; no', '[operator] team/m: no']);
});

test('a failure that is retried is printed once a minute', () => {
  let time = 0;
  const { lines, write } = collect(() => time);
  const failed = entry('error', { msg: 'Release failed', ...MACHINE, error: 'no' });
  for (time = 0; time < 120_000; time += 1_000) {
    write(failed);
    // controller-runtime reports the same error once more.
    write(
      entry('error', {
        msg: 'Reconciler error',
        controller: 'devmachine-controller',
        ...MACHINE,
        error: 'no',
      }),
    );
  }
  assert.deepEqual(lines, Array(2).fill('[operator] team/m: no'));
});

test('a file is followed from its first byte, and characters are not split', async (t) => {
  const file = join(await temporaryFolder(t), 'operator.log');
  await writeFile(file, 'one ');
  const stop = new AbortController();
  atEnd(t, () => stop.abort());
  let text = '';
  followFile(
    file,
    (more) => {
      text += more;
    },
    stop.signal,
  );
  assert.equal(text, 'one ');
  for (const byte of Buffer.from('zwei → drei')) await appendFile(file, Buffer.of(byte));
  await until('the appended text', () => text === 'one zwei → drei');
  stop.abort();
  await appendFile(file, 'more');
  assert.equal(text, 'one zwei → drei');
});
