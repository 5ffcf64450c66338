import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { FakeMachines, serve } from '../../support/fake-machines.ts';
import { until } from '../../support/until.ts';

const READ = 'GET /api/v1/devmachines/status?namespace=a&name=m';

const JSON_OF_2_BYTES = 'Content-Type: application/json\r\nContent-Length: 2\r\n';

/** A connection, and everything that the server has sent on it. */
async function open(
  url: string,
): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  socket.on('error', () => undefined);
  return { socket, received: () => text, closed: once(socket, 'close') };
}

const head = (line: string, url: string, more = '') =>
  `${line} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n${more}\r\n`;

test('a request that is being answered when the app closes gets its answer, the last on its connection', async (t) => {
  const machines = new FakeMachines();
  machines.set('m', { phase: 'Starting' });
  const { app, url } = await serve(t, machines);
  const { socket, received, closed } = await open(url);
  socket.write(head(`${READ}&waitFor=Running`, url));
  await until('the request to wait', () => machines.listeners.size === 1);
  await Promise.all([app.close(), closed]);
  assert.match(received(), /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(received(), /\r\nconnection: close\r\n/i);
});

test('a request whose body arrives while the app closes is answered', async (t) => {
  const { app, url } = await serve(t, new FakeMachines());
  const late = await open(url);
  late.socket.write(head('POST /livez', url, JSON_OF_2_BYTES));
  await until('the head of the request', () => app.requestLifecycle.inFlight.size === 1);
  const closing = app.close();
  late.socket.write('{}');
  await Promise.all([closing, late.closed]);
  assert.match(late.received(), /^HTTP\/1\.1 404 Not Found\r\n/);
  assert.match(late.received(), /\r\nconnection: close\r\n/i);
});

test('neither idle connections nor incomplete requests hold up the close', { timeout: 20_000 }, async (t) => {
  const machines = new FakeMachines();
  machines.set('m');
  const { app, url } = await serve(t, machines);
  const [idle, noHead, noBody] = [await open(url), await open(url), await open(url)];
  idle.socket.write(head(READ, url));
  await until('the first response', () => idle.received().startsWith('HTTP/1.1 200'));
  noHead.socket.write('POST /api/v1/devmachines HTTP/1.1\r\nContent-Le');
  noBody.socket.write(head('POST /api/v1/devmachines', url, JSON_OF_2_BYTES));
  await until('the request without its body', () => app.requestLifecycle.inFlight.size === 1);
  // REQUEST_TIMEOUT_SECONDS is 30: without the shutdown they would stay open for longer than this test may take.
  await Promise.all([app.close(), idle.closed, noHead.closed, noBody.closed]);
  assert.equal(noBody.received(), '');
  await until('no request to be in flight', () => app.requestLifecycle.inFlight.size === 0);
});
