import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { EndedRequest } from '../../../src/http/plugins/request-lifecycle.ts';
import { build, FakeMachines } from '../../support/fake-machines.ts';
import { until } from '../../support/until.ts';

test('each request ends once, with its method, route, status and duration', async (t) => {
  const machines = new FakeMachines();
  machines.set('one');
  const app = await build(t, machines);
  const ended: EndedRequest[] = [];
  app.requestLifecycle.onRequestEnd((request) => ended.push(request));
  await app.inject('/api/v1/devmachines/status?namespace=a&name=one');
  await app.inject({ url: '/api/v1/devmachines?namespace=a', method: 'HEAD' });
  await app.inject({ url: '/nowhere', method: 'DELETE' });
  assert.deepEqual(
    ended.map(({ method, route, statusCode }) => [method, route, statusCode]),
    [
      ['GET', '/api/v1/devmachines/status', 200],
      ['HEAD', '/api/v1/devmachines', 200],
      ['DELETE', '', 404],
    ],
  );
  for (const { ms } of ended) assert.ok(ms > 0);
  assert.equal(new Set(ended.map(({ request }) => request.id)).size, 3);
});

test('a request ends when its client disconnects', async (t) => {
  const machines = new FakeMachines();
  machines.set('m', { phase: 'Starting' });
  const app = await build(t, machines);
  const ended: EndedRequest[] = [];
  app.requestLifecycle.onRequestEnd((request) => ended.push(request));
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  socket.write(
    `GET /api/v1/devmachines/status?namespace=a&name=m&waitFor=Running HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`,
  );
  await until('the request to wait', () => machines.listeners.size === 1);
  assert.equal(app.requestLifecycle.inFlight.size, 1);
  socket.destroy();
  await until('the request to end', () => ended.length === 1);
  assert.equal(app.requestLifecycle.inFlight.size, 0);
});
