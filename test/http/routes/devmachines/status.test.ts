import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { request } from 'undici';
import { FakeMachines, serve } from '../../../support/fake-machines.ts';

const STATUS = '/api/v1/devmachines/status';
const READ = `${STATUS}?namespace=a&name=one`;

test('a status is sent with its ETag and age, or as 304, with the headers of every response', async (t) => {
  const machines = new FakeMachines();
  const { version, json } = machines.set('one');
  const { url } = await serve(t, machines);
  const common = {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
    etag: `"${version}"`,
    age: '9',
  };
  machines.age = 9_999;
  const ids = new Set<unknown>();
  for (const path of [READ, `${STATUS}?name=one&namespace=a`, `${STATUS}?name=%6fne&namespace=a`]) {
    for (const [ifNoneMatch, status] of [
      ['', 200],
      ['"x"', 200],
      [`"x", W/"${version}"`, 304],
    ] as const) {
      const { statusCode, headers, body } = await request(`${url}${path}`, {
        headers: { 'if-none-match': ifNoneMatch },
      });
      const text = await body.text();
      assert.equal(statusCode, status, path);
      assert.partialDeepStrictEqual(headers, common);
      assert.match(String(headers['x-request-id']), /^[0-9a-f]{12}-[0-9a-z]+$/);
      ids.add(headers['x-request-id']);
      if (status === 304) {
        assert.deepEqual([text, headers['content-type']], ['', undefined]);
      } else {
        assert.equal(text, json);
        assert.equal(headers['content-type'], 'application/json; charset=utf-8');
        assert.equal(headers['content-length'], String(Buffer.byteLength(json)));
      }
    }
  }
  assert.equal(ids.size, 9);
});

test('a stale status has staleSince and another ETag', async (t) => {
  const machines = new FakeMachines();
  const { version, json } = machines.set('one');
  const { url } = await serve(t, machines);
  machines.age = 61_500;
  const { headers, body } = await request(`${url}${READ}`);
  const { staleSince, ...rest } = (await body.json()) as Record<string, unknown>;
  assert.deepEqual(rest, JSON.parse(json));
  assert.match(String(staleSince), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(headers['age'], '61');
  assert.match(String(headers['etag']), new RegExp(`^"${version}-[0-9a-z]+"$`));
});

test('a status is found only by the exact path, method and query', async (t) => {
  const machines = new FakeMachines();
  machines.set('one');
  const { url } = await serve(t, machines);
  const statusOf = async (path: string, method = 'GET') => {
    const { statusCode, body } = await request(`${url}${path}`, { method });
    await body.dump();
    return statusCode;
  };
  for (const [path, expected] of Object.entries({
    [READ]: 200,
    [`${READ}&`]: 200,
    [STATUS]: 400,
    [`${STATUS}?name=one`]: 400,
    [`${STATUS}?name=&namespace=a`]: 400,
    [`${STATUS}?name=one&namespace=A`]: 400,
    [`${STATUS}?name=one&namespace=a&name=one`]: 400,
    [`${READ}&nonsense=1`]: 400,
    [`${STATUS}?name=two&namespace=a`]: 404,
    [`${STATUS}?name=one&namespace=b`]: 404,
    [READ.replace('status', 'status/')]: 404,
    [READ.replace('/v1/', '//v1/')]: 404,
  })) {
    assert.equal(await statusOf(path), expected, path);
  }
  assert.equal(await statusOf(READ, 'HEAD'), 200);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    assert.equal(await statusOf(READ, method), 404, method);
  }
});

test('pipelined requests are answered in order', async (t) => {
  const machines = new FakeMachines();
  machines.set('one');
  const { app, url } = await serve(t, machines);
  let ended = 0;
  app.server.on('request', (_request, response) => response.on('close', () => ended++));
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n`;
  socket.write(`${get(READ)}\r\n${get('/other')}\r\n${get(READ)}Connection: close\r\n\r\n`);
  const text = Buffer.concat(await socket.toArray()).toString();
  assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
  assert.equal(ended, 3);
});
