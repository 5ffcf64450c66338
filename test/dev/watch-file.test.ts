import assert from 'node:assert/strict';
import { rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { watchFile } from '../../dev/watch-file.ts';
import { until } from '../support/until.ts';
import { atEnd, temporaryFolder } from './support/processes.ts';

test('a change is reported once, whether the file is written or replaced', async (t) => {
  const dir = await temporaryFolder(t);
  const file = join(dir, 'crd.yaml');
  await writeFile(file, 'one');
  const stop = new AbortController();
  atEnd(t, () => stop.abort());
  let changes = 0;
  watchFile(file, () => changes++, stop.signal);

  await writeFile(file, 'two');
  await until('the first change', () => changes === 1);
  await writeFile(join(dir, 'new'), 'three');
  await rename(join(dir, 'new'), file);
  await until('the second change', () => changes === 2);
  // A new timestamp is not a change: the third report is for the new text.
  await utimes(file, new Date(), new Date());
  await writeFile(file, 'four');
  await until('the third change', () => changes === 3);
  assert.equal(changes, 3);
});
