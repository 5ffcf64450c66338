import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withTables } from '../../scripts/tables.ts';
import { REASON_NAMES } from '../../src/devmachine/status/reasons.ts';

const DOCUMENT = 'before\n<!-- generated: reasons -->\nstale row\n<!-- end of reasons -->\nafter\n';

test('a table replaces what is between its markers, and nothing else', () => {
  const document = withTables(DOCUMENT, 'reasons');
  assert.match(document, /^before\n<!-- generated: reasons -->\n\n\|/);
  assert.match(document, /\|\n\n<!-- end of reasons -->\nafter\n$/);
  assert.ok(!document.includes('stale row'));
  for (const reason of REASON_NAMES) assert.match(document, new RegExp(`^\\| \`${reason}\` \\|`, 'm'));
  assert.equal(withTables(document, 'reasons'), document);
});

test('a document without the markers of a table is an error', () => {
  assert.throws(() => withTables(DOCUMENT, 'reasons', 'phases'), /generated: phases/);
});
