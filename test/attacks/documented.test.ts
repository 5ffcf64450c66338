import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');

test('every attack in docs/attacks.md names a test that exists', () => {
  const rows = [
    ...readFileSync(join(ROOT, 'docs/attacks.md'), 'utf8').matchAll(/^\|.*\| (test\/\S+): (.+) \|$/gm),
  ];
  assert.ok(rows.length > 30);
  for (const [, file = '', title = ''] of rows) {
    assert.ok(existsSync(join(ROOT, file)), file);
    const source = readFileSync(join(ROOT, file), 'utf8').replaceAll("\\'", "'");
    assert.ok(source.includes(title), `${file} has no test "${title}"`);
  }
});
