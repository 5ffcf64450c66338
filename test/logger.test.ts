import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { LOG_OPTIONS } from '../src/logger.ts';

test('credentials and values of variables are redacted wherever an object brings them along', () => {
  const SECRET = 'hunter2';
  const headers = {
    authorization: SECRET,
    cookie: SECRET,
    'Set-Cookie': [SECRET],
    'sec-websocket-protocol': SECRET,
  };
  const spec = { env: [{ name: 'TOKEN', value: SECRET }] };
  const lines: string[] = [];
  const log = pino(LOG_OPTIONS, { write: (line) => void lines.push(line) });
  const objects = [
    headers,
    { headers },
    { req: { headers } },
    spec,
    { spec },
    { body: { spec } },
    { a: { b: [{ c: { spec, headers } }] } },
  ];
  for (const object of objects) log.info(object, 'a line');
  log.child(headers).info({ spec }, 'a line');
  log.error({ err: Object.assign(new Error('failed'), headers, spec) }, 'a line');
  assert.equal(lines.length, objects.length + 2);
  for (const line of lines) {
    assert.ok(!line.includes(SECRET), line);
    assert.match(line, /Redacted/);
    assert.match(line, /"msg":"a line"\}\n$/);
  }
});
