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

const faults = (text: string) => {
  try {
    parseJson(text);
  } catch (error) {
    assert.ok(error instanceof DevMachineError);
    assert.equal(error.code, 'invalid-request');
    return error.errors.map(({ pointer, message }) => `${pointer} ${message}`);
  }
  return assert.fail(`${text} was taken`);
};

test('refuses what JSON.parse would change, and says where', () => {
  assert.deepEqual(faults('{"a":1,"a":1}'), ['/a is a duplicate key']);
  assert.deepEqual(faults('{"l":[{"x/y":1,"b":2,"x/y":3}]}'), ['/l/0/x~1y is a duplicate key']);
  assert.deepEqual(faults('{"a":{"b":1},"b":{"a":1,"\\u0061":2}}'), ['/b/a is a duplicate key']);
  assert.deepEqual(faults('{"__proto__":1,"__proto__":2}'), ['/__proto__ is a duplicate key']);
  for (const number of ['9007199254740993', '-9007199254740993', '1e999', '1e-999', '1e30']) {
    assert.deepEqual(
      faults(`[0,${number}]`),
      ['/1 is a number that a double cannot represent exactly'],
      number,
    );
  }
  assert.deepEqual(faults('{"a":"\\ud800"}'), ['/a is not valid Unicode']);
  assert.deepEqual(faults('{"a":{"\\udc00":1}}'), ['/a has a key that is not valid Unicode']);
});

test('equal keys in different objects are no fault', () => {
  assert.deepEqual(parseJson('{"a":{"a":[{"a":1},{"a":2}]}}'), { a: { a: [{ a: 1 }, { a: 2 }] } });
});

test('refuses what is no JSON, or nested without end', () => {
  for (const text of ['{', '{"a":1,}', '// a\n{}', "{'a':1}", 'NaN', '[1]]', '\u0000']) faults(text);
  faults('['.repeat(100_000) + ']'.repeat(100_000));
});

test('refuses bytes that are no UTF-8, and a byte order mark', () => {
  for (const bytes of [
    [0x22, 0xe9, 0x22],
    [0x22, 0xc3, 0x22],
    [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
    [0xff, 0xfe, 0x7b, 0x00],
  ]) {
    assert.throws(() => parseBytes(Buffer.from(bytes)), DevMachineError);
  }
});

test('a body of many faults deep inside is not worth the time of others', () => {
  const deep = 60;
  const text = `${'{"a":'.repeat(deep)}${'{"b":0'}${',"b":0'.repeat(40_000)}}${'}'.repeat(deep)}`;
  assert.equal(faults(text).length, 50);
  assert.deepEqual(faults(`${'['.repeat(65)}1${']'.repeat(65)}`), []);
});

test('reports at most 50 faults', () => {
  assert.equal(faults(`[${Array(1000).fill('1e999').join(',')}]`).length, 50);
});
