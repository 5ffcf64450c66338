import { type Body, EXAMPLE_SPEC, FULL_SPEC, manifest } from '../bodies.ts';
import { label, spec, without } from './helpers.ts';

const named = (name: unknown): Body => ({
  name: `name = ${JSON.stringify(name)}`,
  text: JSON.stringify(manifest(EXAMPLE_SPEC, { name })),
});

/** Whole documents: what surrounds the spec, required fields, and JSON itself. */
export const DOCUMENTS: readonly Body[] = [
  spec('the example', {}),
  spec('every field', {}, FULL_SPEC),
  {
    name: 'only required fields',
    text: JSON.stringify(manifest({ memory: '1Gi', template: 'jupyter-cpu' })),
  },
  { name: 'no memory', text: JSON.stringify(manifest(without('memory'))) },
  { name: 'neither image nor template', text: JSON.stringify(manifest(without('image', 'template'))) },
  { name: 'image without template', text: JSON.stringify(manifest(without('template'))) },
  { name: 'spec is empty', text: JSON.stringify(manifest({})) },
  { name: 'spec is null', text: JSON.stringify(manifest(null)) },
  { name: 'spec is a list', text: JSON.stringify(manifest([])) },
  ...['a', 'a-b', label(53), label(54), 'A', '1a', 'a_b', 'a.b', '-a', 'a-', 'ä', '', 'a b', 7].map(named),
  { name: 'an unknown field at the top', text: JSON.stringify({ ...manifest(EXAMPLE_SPEC), surplus: 1 }) },
  { name: 'labels', text: JSON.stringify(manifest(EXAMPLE_SPEC, { name: 'corpus', labels: { a: 'b' } })) },
  {
    name: 'finalizers',
    text: JSON.stringify(manifest(EXAMPLE_SPEC, { name: 'corpus', finalizers: ['a/b'] })),
  },
  { name: 'a status', text: JSON.stringify({ ...manifest(EXAMPLE_SPEC), status: { phase: 'Running' } }) },
  { name: 'another kind', text: JSON.stringify({ ...manifest(EXAMPLE_SPEC), kind: 'Pod' }) },
  {
    name: 'another version',
    text: JSON.stringify({ ...manifest(EXAMPLE_SPEC), apiVersion: 'ide.example.com/v1' }),
  },
  { name: 'no name', text: JSON.stringify(manifest(EXAMPLE_SPEC, {})) },
  { name: 'a list', text: '[]' },
  { name: 'a string', text: '"a"' },
  { name: 'null', text: 'null' },
  { name: 'not JSON', text: '{' },
  { name: 'a comment', text: `/* a */ ${JSON.stringify(manifest(EXAMPLE_SPEC))}` },
  { name: 'a trailing comma', text: JSON.stringify(manifest(EXAMPLE_SPEC)).replace(/}$/, ',}') },
  {
    name: 'a duplicate key',
    text: JSON.stringify(manifest(EXAMPLE_SPEC)).replace('"cpu":2', '"cpu":2,"cpu":2'),
  },
  {
    name: 'an integer beyond 2^53',
    text: JSON.stringify(manifest(EXAMPLE_SPEC)).replace('"gpu":0', '"gpu":9007199254740993'),
  },
  {
    name: 'a number beyond doubles',
    text: JSON.stringify(manifest(EXAMPLE_SPEC)).replace('"gpu":0', '"gpu":1e999'),
  },
  { name: 'an integer as 2.0', text: JSON.stringify(manifest(EXAMPLE_SPEC)).replace('"cpu":2', '"cpu":2.0') },
  { name: 'an integer as 2e0', text: JSON.stringify(manifest(EXAMPLE_SPEC)).replace('"cpu":2', '"cpu":2e0') },
  {
    name: 'half a surrogate pair',
    text: JSON.stringify(manifest({ ...EXAMPLE_SPEC, env: [{ name: 'A', value: 'X' }] })).replace(
      '"X"',
      '"\\ud800"',
    ),
  },
  {
    name: '5,000 nested lists',
    text: JSON.stringify(manifest({ ...EXAMPLE_SPEC, args: 'X' })).replace(
      '"X"',
      '['.repeat(5000) + ']'.repeat(5000),
    ),
  },
  { name: '200,000 nested lists', text: '['.repeat(200_000) },
  {
    name: '5,000 unknown fields',
    text: JSON.stringify(
      manifest({
        ...EXAMPLE_SPEC,
        ...Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, i])),
      }),
    ),
  },
];
