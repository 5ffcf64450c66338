import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { parseJson as parseBytes } from '../../../src/http/plugins/strict-json.ts';

const parseJson = (text: string) => parseBytes(Buffer.from(text));

test('parses what JSON.parse parses', () => {
  const texts = [
    '{"a":[1,-0.5,1e3,true,null,"\\u00e4\\ud83d\\ude42"]}',
    '[]',
    '0',
    '"a"',
    'null',
    ' {} ',
    '0.1',
    '1.0',
    '0e5',
  ];
  for (const text of texts) assert.deepEqual(parseJson(text), JSON.parse(text));
});

const errorsOf = (text: string) => {
  try {
    parseJson(text);
  } catch (error) {
    assert.ok(error instanceof DevMachineError);
    assert.equal(error.code, 'invalid-request');
    return error.errors.map(({ pointer, message }) => `${pointer} ${message}`);
  }
  return assert.fail(`${text} was accepted`);
};

test('refuses what JSON.parse would change, and points to it', () => {
  assert.deepEqual(errorsOf('{"a":1,"a":1}'), ['/a is a duplicate key']);
  assert.deepEqual(errorsOf('{"l":[{"x/y":1,"b":2,"x/y":3}]}'), ['/l/0/x~1y is a duplicate key']);
  assert.deepEqual(errorsOf('{"a":{"b":1},"b":{"a":1,"\\u0061":2}}'), ['/b/a is a duplicate key']);
  assert.deepEqual(errorsOf('{"__proto__":1,"__proto__":2}'), ['/__proto__ is a duplicate key']);
  for (const number of ['9007199254740993', '-9007199254740993', '1e999', '1e-999', '1e30']) {
    assert.deepEqual(
      errorsOf(`[0,${number}]`),
      ['/1 is a number that a double cannot represent exactly'],
      number,
    );
  }
  assert.deepEqual(errorsOf('{"a":"\\ud800"}'), ['/a is not valid Unicode']);
  assert.deepEqual(errorsOf('{"a":{"\\udc00":1}}'), ['/a has a key that is not valid Unicode']);
});

test('accepts equal keys in different objects', () => {
  assert.deepEqual(parseJson('{"a":{"a":[{"a":1},{"a":2}]}}'), { a: { a: [{ a: 1 }, { a: 2 }] } });
});

test('refuses text that is not JSON or is nested too deeply', () => {
  for (const text of ['{', '{"a":1,}', '// a\n{}', "{'a':1}", 'NaN', '[1]]', '\u0000']) errorsOf(text);
  errorsOf('['.repeat(100_000) + ']'.repeat(100_000));
});

test('refuses invalid UTF-8 and a byte order mark', () => {
  for (const bytes of [
    [0x22, 0xe9, 0x22],
    [0x22, 0xc3, 0x22],
    [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
    [0xff, 0xfe, 0x7b, 0x00],
  ]) {
    assert.throws(() => parseBytes(Buffer.from(bytes)), DevMachineError);
  }
});

test('stops at the limits of depth and of errors', () => {
  const deep = 60;
  const text = `${'{"a":'.repeat(deep)}${'{"b":0'}${',"b":0'.repeat(40_000)}}${'}'.repeat(deep)}`;
  assert.equal(errorsOf(text).length, 50);
  assert.deepEqual(errorsOf(`${'['.repeat(65)}1${']'.repeat(65)}`), []);
});

test('reports at most 50 errors', () => {
  assert.equal(errorsOf(`[${Array(1000).fill('1e999').join(',')}]`).length, 50);
});
