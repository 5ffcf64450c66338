import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { build, FakeMachines, serve } from '../support/fake-machines.ts';

test('the limits of the server', async (t) => {
  const { server } = await build(t, new FakeMachines(), { requestTimeoutMs: 12_000 });
  assert.equal(server.keepAliveTimeout, 72_000);
  assert.equal(server.requestTimeout, 12_000);
  assert.equal(server.headersTimeout, 12_000);
  assert.equal(server.timeout, 330_000);
  assert.equal(server.maxConnections, 20_000);
});

test('a connection that sends nothing is closed in time', { timeout: 20_000 }, async (t) => {
  const { url } = await serve(t, new FakeMachines(), { requestTimeoutMs: 1_000 });
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket.resume(), 'close');
});

test('connections over the limit are closed', async (t) => {
  const { url } = await serve(t, new FakeMachines(), { maxConnections: 2 });
  const { hostname, port, host } = new URL(url);
  const open = async () => {
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    t.after(() => socket.destroy());
    socket.write(`GET /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const [first] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    return String(first).startsWith('HTTP/1.1 200');
  };
  assert.deepEqual([await open(), await open(), await open()], [true, true, false]);
});

test('a request line or header that is too long is answered 431', async (t) => {
  const { url } = await serve(t, new FakeMachines());
  const { hostname, port, host } = new URL(url);
  const long = 'x'.repeat(1_048_576);
  for (const head of [
    `GET /${long} HTTP/1.1\r\nHost: ${host}`,
    `GET / HTTP/1.1\r\nHost: ${host}\r\nX: ${long}`,
  ]) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).write(`${head}\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    socket.destroy();
  }
});

// Node.js checks only every 30 s unless it is told otherwise.
test('a request that arrives too slowly is answered 408 in time', { timeout: 20_000 }, async (t) => {
  const { url } = await serve(t, new FakeMachines(), { requestTimeoutMs: 1_000 });
  const { hostname, port, host } = new URL(url);
  const incomplete = {
    head: 'POST / HTTP/1.1\r\nHost: local',
    body: `POST /api/v1/devmachines HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  };
  await Promise.all(
    Object.values(incomplete).map(async (text) => {
      const socket = connect(Number(port), hostname);
      socket.write(text);
      const answer = Buffer.concat(await socket.toArray()).toString();
      assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/);
      assert.match(answer, /urn:devmachine:problem:malformed-http/);
    }),
  );
});

test('what is not HTTP is answered 400', async (t) => {
  const { url } = await serve(t, new FakeMachines());
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write('NONSENSE\r\n\r\n');
  const answer = Buffer.concat(await socket.toArray()).toString();
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /urn:devmachine:problem:malformed-http/);
});
