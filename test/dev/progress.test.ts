import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatElapsed, formatStep, startProgress } from '../../dev/progress.ts';

test('each step shows its kind, its progress and the elapsed time', () => {
  assert.equal(formatStep({ kind: 'look' }, 900), 'listing the packages to build · 0 s');
  assert.equal(
    formatStep({ kind: 'download', modules: 12 }, 61_000),
    'downloading Go modules: 12 so far · 1 min 1 s',
  );
  assert.equal(
    formatStep({ kind: 'compile', done: 1531, total: 3062 }, 125_000),
    'compiling: 1531 of 3062 packages (50 %) · 2 min 5 s',
  );
  assert.equal(formatStep({ kind: 'link', programs: 7 }, 3_000), 'linking 7 programs · 3 s');
});

test('100 % is shown only when all packages are compiled', () => {
  assert.match(formatStep({ kind: 'compile', done: 2999, total: 3000 }, 0), /\(99 %\)/);
  assert.match(formatStep({ kind: 'compile', done: 0, total: 0 }, 0), /\(100 %\)/);
});

test('elapsed time is shown in seconds and minutes', () => {
  assert.equal(formatElapsed(59_999), '59 s');
  assert.equal(formatElapsed(60_000), '1 min 0 s');
});

test('without a terminal, a line is printed for each new step and every ten seconds', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const written: string[] = [];
  const progress = startProgress({ write: (text) => written.push(text) });
  progress.show({ kind: 'compile', done: 1, total: 4 });
  progress.show({ kind: 'compile', done: 2, total: 4 });
  t.mock.timers.tick(10_000);
  progress.end();
  t.mock.timers.tick(10_000);
  assert.deepEqual(written, [
    'listing the packages to build · 0 s\n',
    'compiling: 1 of 4 packages (25 %) · 0 s\n',
    'compiling: 2 of 4 packages (50 %) · 10 s\n',
  ]);
});

test('on a terminal, one line is rewritten and finally cleared', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const written: string[] = [];
  const progress = startProgress({ isTTY: true, write: (text) => written.push(text) });
  t.mock.timers.tick(250);
  progress.end();
  assert.equal(written.length, 3);
  assert.ok(written.every((text) => text.startsWith('\r\u001b[2K') && !text.includes('\n')));
  assert.equal(written.at(-1), '\r\u001b[2K');
});
