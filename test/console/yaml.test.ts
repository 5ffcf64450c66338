import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { toYaml } from '../../console/src/ui/yaml.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';

const VALUES = [
  EXAMPLE_SPEC,
  {},
  [],
  { empty: {}, list: [], none: null, text: '' },
  { list: [[1, 2], [{ a: 1, b: { c: 'd' } }], 'text', {}] },
  { quantities: ['4Gi', '500m', '1e3', '0x1F', '1_000', '2026-01-01', '12:30', '.5', '-'] },
  {
    words: [
      'true',
      'No',
      'null',
      '~',
      'y',
      'a: b',
      'a #b',
      '- a',
      '*a',
      '&a',
      '!a',
      '%',
      '@',
      '`',
      "'",
      '"',
      ' a ',
      'a:',
    ],
  },
  { 'kubernetes.io/arch': 'amd64', 'a key': 1, '': 2, '1': 3, true: 4 },
  { control: ['a\nb', '\t', '\u0000', '\u0085', '\u2028', '\ufeff', '😀'] },
  { url: 'https://example.com:30443/a/b:3.0', image: 'registry.example.com:5000/a@sha256:00' },
];

test('what is written as YAML is read as the same data', () => {
  for (const value of VALUES) assert.deepEqual(parse(toYaml(value)), value, toYaml(value));
});

test('common values are written without quotes', () => {
  const text = toYaml({
    spec: { memory: '4Gi', template: 'vscode-cpu', mounts: [{ name: 'data', type: 'pvc' }] },
  });
  assert.equal(
    text,
    'spec:\n  memory: 4Gi\n  template: vscode-cpu\n  mounts:\n    - name: data\n      type: pvc\n',
  );
});
