import { type Body, FULL_SPEC, manifest } from './bodies.ts';

/** What is put in the place of each value of the full machine, one at a time. */
const STRANGERS: Record<string, unknown> = {
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

/** Each value replaced by each stranger, each field left out, an unknown field in each object, each list too long. */
export function mutations(): Body[] {
  return places(FULL_SPEC).flatMap((path) => {
    const where = `/spec${path.map((key) => `/${String(key).replaceAll('/', '~1')}`).join('')}`;
    const body = (name: string, change: Delta): Body => ({
      name: `${where}: ${name}`,
      text: JSON.stringify(manifest(changed(path, change))),
    });
    const value = at(FULL_SPEC, path);
    return [
      ...Object.entries(STRANGERS).map(([name, stranger]) => body(name, put(stranger))),
      body('left out', leaveOut),
      ...(isPlain(value) ? [body('unknown field', put({ ...value, surplus: 1 }))] : []),
      ...(Array.isArray(value) ? [body('twice', put([...value, ...value]))] : []),
      ...(Array.isArray(value) ? [body('200 of it', put(Array(200).fill(value[0])))] : []),
    ];
  });
}

type Delta = (parent: Json, key: string | number) => void;

const put =
  (value: unknown): Delta =>
  (parent, key) => {
    parent[key] = value;
  };

const leaveOut: Delta = (parent, key) => {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
};

type Json = Record<string | number, unknown>;

const isPlain = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const own = path.length > 0 ? [path] : [];
  if (Array.isArray(value))
    return [...own, ...value.flatMap((item, index) => places(item, [...path, index]))];
  if (isPlain(value))
    return [...own, ...Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]))];
  return own;
}

const at = (value: unknown, path: (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Json)[key], value);

function changed(path: (string | number)[], change: Delta): unknown {
  const spec = structuredClone(FULL_SPEC);
  change(at(spec, path.slice(0, -1)) as Json, path.at(-1) ?? '');
  return spec;
}
