import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comment, withSections } from '../../scripts/sections.ts';

const MARKDOWN = 'before\n<!-- generated: a -->\nstale\n<!-- end of a -->\nafter\n';
const YAML = 'list:\n  # generated: a\n  stale: 1\n  # end of a\nother: 2\n';

test('a section replaces what is between its markers, and nothing else', () => {
  const document = withSections('a.md', MARKDOWN, { a: '| table |' });
  assert.equal(document, 'before\n<!-- generated: a -->\n\n| table |\n\n<!-- end of a -->\nafter\n');
  assert.equal(withSections('a.md', document, { a: '| table |' }), document);
});

test('a section in YAML has the indentation of its markers', () => {
  const file = withSections('a.yaml', YAML, { a: 'b: 1\nc: 2' });
  assert.equal(file, 'list:\n  # generated: a\n  b: 1\n  c: 2\n  # end of a\nother: 2\n');
  assert.equal(withSections('a.yaml', file, { a: 'b: 1\nc: 2' }), file);
});

test('a file without the markers of a section is an error', () => {
  assert.throws(() => withSections('a.md', MARKDOWN, { a: '', b: '' }), /generated: b/);
  assert.throws(() => withSections('a.yaml', YAML, { a: '', b: '' }), /generated: b/);
});

test('a comment is wrapped at spaces', () => {
  const text = 'word '.repeat(50).trim();
  const lines = comment(text).split('\n');
  assert.ok(lines.length > 2 && lines.every((line) => line.startsWith('# word') && line.length < 120));
  assert.equal(lines.map((line) => line.slice(2)).join(' '), text);
});
