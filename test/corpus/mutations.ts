import { toPointer } from '../../src/devmachine/json-pointer.ts';
import { type Body, FULL_SPEC, manifest } from './bodies.ts';

/** The values that replace each value of FULL_SPEC, one at a time. */
const REPLACEMENTS: Record<string, unknown> = {
  null: null,
  true: true,
  zero: 0,
  minus: -1,
  fraction: 1.5,
  large: 9_007_199_254_740_991,
  'empty text': '',
  'a space': ' ',
  text: 'Some Text',
  number: '12',
  unicode: 'naïve-日本-🙂',
  'a line break': 'a\nb',
  'long text': 'a'.repeat(40_000),
  'empty list': [],
  list: ['a'],
  'empty object': {},
  object: { a: 'b' },
};

/**
 * Replaces each value with each replacement, omits each field, adds an unknown field to each object, and makes each list too
 * long.
 */
export function mutations(): Body[] {
  return paths(FULL_SPEC).flatMap((path) => {
    const pointer = toPointer(['spec', ...path]);
    const body = (name: string, mutate: Mutation): Body => ({
      name: `${pointer}: ${name}`,
      text: JSON.stringify(manifest(mutated(path, mutate))),
    });
    const value = at(FULL_SPEC, path);
    return [
      ...Object.entries(REPLACEMENTS).map(([name, replacement]) => body(name, put(replacement))),
      body('left out', omit),
      ...(isPlain(value) ? [body('unknown field', put({ ...value, surplus: 1 }))] : []),
      ...(Array.isArray(value) ? [body('twice', put([...value, ...value]))] : []),
      ...(Array.isArray(value) ? [body('200 of it', put(Array(200).fill(value[0])))] : []),
    ];
  });
}

type Mutation = (parent: Json, key: string | number) => void;

const put =
  (value: unknown): Mutation =>
  (parent, key) => {
    parent[key] = value;
  };

const omit: Mutation = (parent, key) => {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
};

type Json = Record<string | number, unknown>;

const isPlain = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function paths(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const own = path.length > 0 ? [path] : [];
  if (Array.isArray(value)) return [...own, ...value.flatMap((item, index) => paths(item, [...path, index]))];
  if (isPlain(value))
    return [...own, ...Object.entries(value).flatMap(([key, item]) => paths(item, [...path, key]))];
  return own;
}

const at = (value: unknown, path: (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Json)[key], value);

function mutated(path: (string | number)[], mutate: Mutation): unknown {
  const spec = structuredClone(FULL_SPEC);
  mutate(at(spec, path.slice(0, -1)) as Json, path.at(-1) ?? '');
  return spec;
}
