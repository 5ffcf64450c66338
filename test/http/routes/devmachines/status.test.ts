import assert from 'node:assert/strict';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { request } from 'undici';
import { DevMachineError } from '../../../../src/devmachine/errors.ts';
import type { Machines } from '../../../../src/devmachine/machines.ts';
import { openFastPath } from '../../../../src/http/fast-path.ts';
import { serverFactory } from '../../../../src/http/server.ts';
import { FakeMachines, serve } from '../../../support/fake-machines.ts';

const STATUS = '/api/v1/devmachines/status';
const PLAIN = `${STATUS}?namespace=a&name=one`;

test('it answers as the route does', async (t) => {
  const machines = new FakeMachines();
  const etag = `"${machines.set('one').version}"`;
  const { app, url } = await serve(t, machines);
  for (const age of [0, 9_999, 61_500]) {
    machines.age = age;
    for (const path of [PLAIN, `${STATUS}?name=one&namespace=a`]) {
      for (const headers of [{}, { 'if-none-match': `"x", W/${etag}` }, { 'if-none-match': '"x"' }]) {
        // What is injected does not come through a server, and so not by the fast path.
        const route = await app.inject({ url: path, headers });
        const answer = await request(`${url}${path}`, { headers });
        const what = `${path} ${JSON.stringify(headers)} at ${age} ms`;
        assert.equal(answer.statusCode, route.statusCode, what);
        assert.equal(await answer.body.text(), route.body, what);
        assert.deepEqual(comparable(answer.headers), comparable(route.headers), what);
        assert.match(String(answer.headers['x-request-id']), /^[0-9a-f]{12}-[0-9a-z]+$/);
        assert.notEqual(answer.headers['x-request-id'], route.headers['x-request-id']);
      }
    }
  }
});

/** What belongs to the request or the connection does not count. */
function comparable(headers: object): object {
  const own = ['date', 'connection', 'keep-alive', 'x-request-id'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name)));
}

async function open(t: TestContext) {
  const machines = new FakeMachines();
  machines.set('one');
  const state = { closing: false, ended: 0 };
  const fastPath = openFastPath({
    machines: machines as unknown as Machines,
    allowedHosts: ['127.0.0.1'],
    logger: pino({ level: 'silent' }),
    newId: () => 'id',
    onEnd: () => state.ended++,
    isClosing: () => state.closing,
  });
  const fastify = (_request: unknown, response: { writeHead(status: number): { end(): void } }) =>
    response.writeHead(299).end();
  const server = serverFactory({ requestTimeoutMs: 5_000, fastPath })(fastify);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const statusOf = async (path: string, options: Parameters<typeof request>[1] = {}) => {
    const { statusCode, body } = await request(`${url}${path}`, options);
    await body.dump();
    return statusCode;
  };
  return { machines, state, url, statusOf };
}

test('it takes the plain read of a known machine, and leaves all else to Fastify', async (t) => {
  const { machines, state, statusOf } = await open(t);
  assert.equal(await statusOf(PLAIN), 200);
  assert.equal(await statusOf(`${STATUS}?name=one&namespace=a`), 200);
  assert.equal(state.ended, 2);
  for (const path of [
    '/',
    '/livez',
    STATUS,
    `${STATUS}?`,
    `${STATUS}?name=one`,
    `${STATUS}?name=&namespace=a`,
    `${STATUS}?name=two&namespace=a`,
    `${STATUS}?name=one&namespace=b`,
    `${STATUS}?name=one&namespace=A`,
    `${STATUS}?name=%6fne&namespace=a`,
    `${STATUS}?name=one&namespace=a&name=one`,
    `${PLAIN}&`,
    `${PLAIN}&waitFor=Running`,
    `${PLAIN}&nonsense=1`,
    PLAIN.replace('status', 'status/'),
    PLAIN.replace('/v1/', '//v1/'),
  ]) {
    assert.equal(await statusOf(path), 299, path);
  }
  for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'] as const) {
    assert.equal(await statusOf(PLAIN, { method }), 299, method);
  }
  assert.equal(await statusOf(PLAIN, { headers: { host: 'evil.example' } }), 299);
  machines.known = () => {
    throw new DevMachineError('cache-not-synced', 'Not yet.');
  };
  assert.equal(await statusOf(PLAIN), 299);
  assert.equal(state.ended, 2);
});

test('requests that come in one piece are answered in their order, and each is over once', async (t) => {
  const { state, url } = await open(t);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n`;
  socket.write(`${get(PLAIN)}\r\n${get('/other')}\r\n${get(PLAIN)}ClusterClient: close\r\n\r\n`);
  const text = Buffer.concat(await socket.toArray()).toString();
  assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 299', 'HTTP/1.1 200']);
  assert.equal(state.ended, 2);
});

test('while the app closes, Fastify answers: it closes the connection', async (t) => {
  const { state, statusOf } = await open(t);
  state.closing = true;
  assert.equal(await statusOf(PLAIN), 299);
});
