import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Logger, pino } from 'pino';
import { Registry } from 'prom-client';
import type { Config } from '../../../src/config.ts';
import { buildMetricsApp } from '../../../src/metrics-app.ts';
import { build, FakeMachines } from '../../support/fake-machines.ts';

/** What an operator sees of requests: the log and /metrics. And the headers of every response. */

async function open(t: TestContext, config: Partial<Config> = {}) {
  const lines: Record<string, never>[] = [];
  const logger = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const machines = new FakeMachines();
  machines.set('one');
  const registry = new Registry();
  const app = await build(t, machines, config, logger, undefined, registry);
  const metricsApp = await buildMetricsApp({ registry, logger, allowedHosts: ['localhost'] });
  t.after(() => metricsApp.close());
  const call = (url: string, method: 'GET' | 'DELETE' = 'GET') => app.inject({ method, url });
  return { app, machines, call, lines, metricsApp };
}

const READ = '/api/v1/devmachines/status?namespace=a&name=one';

test('one in LOG_READS_EVERY successful reads is logged, and every other request', async (t) => {
  const { call, lines } = await open(t, { logReadsEvery: 10 });
  for (let count = 0; count < 25; count++) await call(READ);
  assert.equal(lines.length, 2);
  const refused = await call('/api/v1/devmachines/status');
  await call('/nowhere', 'DELETE');
  const [first, second] = lines.slice(2);
  assert.partialDeepStrictEqual(first, {
    msg: 'request completed',
    reqId: refused.headers['x-request-id'],
    req: { method: 'GET', url: '/api/v1/devmachines/status', remoteAddress: '127.0.0.1' },
    res: { statusCode: 400 },
  });
  assert.partialDeepStrictEqual(second, { req: { method: 'DELETE' }, res: { statusCode: 404 } });
});

test('every read is logged, or none', async (t) => {
  for (const [logReadsEvery, expected] of [
    [1, 5],
    [0, 0],
  ] as const) {
    const { call, lines } = await open(t, { logReadsEvery });
    for (let count = 0; count < 5; count++) await call(READ);
    assert.equal(lines.length, expected);
  }
});

test('/metrics counts requests by method, route and class of status', async (t) => {
  const { call, metricsApp } = await open(t);
  await call(READ);
  await call(READ);
  await call('/api/v1/devmachines/status?namespace=A');
  await call('/nowhere');
  const { body, headers } = await metricsApp.inject('/metrics');
  assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
  const NAME = 'devmachine_http_request_duration_seconds';
  const ROUTE = 'method="GET",route="/api/v1/devmachines/status"';
  const has = (line: string) => assert.ok(body.split('\n').includes(line), `${line}\n${body}`);
  has(`# TYPE ${NAME} histogram`);
  has(`${NAME}_count{${ROUTE},status="2xx"} 2`);
  has(`${NAME}_bucket{le="+Inf",${ROUTE},status="2xx"} 2`);
  has(`${NAME}_count{${ROUTE},status="4xx"} 1`);
  has(`${NAME}_count{method="GET",route="",status="4xx"} 1`);
  has('devmachine_event_streams 0');
  has('devmachine_cached_machines 1');
});

test('/metrics is a problem on the port of the API, and for other hosts', async (t) => {
  const { call, metricsApp } = await open(t);
  assert.equal((await call('/metrics')).statusCode, 404);
  const rebound = await metricsApp.inject({ url: '/metrics', headers: { host: 'evil.example.com' } });
  assert.equal(rebound.statusCode, 421);
});

test('every response has the headers that keep a browser from interpreting it', async (t) => {
  const { call } = await open(t);
  for (const url of [READ, '/api/v1/devmachines/status', '/nowhere', '/%', '/livez', '/openapi.yaml']) {
    const { headers } = await call(url);
    assert.partialDeepStrictEqual(headers, {
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'cache-control': url === READ ? 'no-cache' : 'no-store',
    });
    assert.match(String(headers['x-request-id']), /./, url);
  }
});

test('what plugins and handlers log arrives, with the request id where there is one', async (t) => {
  const { app, call, lines } = await open(t, { logReadsEvery: 0 });
  app.log.warn({ detail: 1 }, 'from a plugin');
  assert.partialDeepStrictEqual(lines.pop(), { level: 40, detail: 1, msg: 'from a plugin' });

  const { promise: logged, resolve } = Promise.withResolvers<object>();
  app.requestLifecycle.onRequestEnd(({ request }) => {
    const log = request.log as unknown as Logger;
    log.info('from a listener');
    log.silent('nothing');
    resolve({ bindings: log.bindings(), enabled: log.isLevelEnabled('debug'), flush: typeof log.flush });
  });
  const { headers } = await call(READ);
  const reqId = headers['x-request-id'];
  assert.deepEqual(await logged, { bindings: { reqId }, enabled: false, flush: 'function' });
  assert.partialDeepStrictEqual(lines.pop(), { reqId, msg: 'from a listener' });
  assert.equal(lines.length, 0);
});

test('an unexpected error is logged with its stack, and the client learns only the request id', async (t) => {
  const { machines, call, lines } = await open(t);
  machines.list = () => {
    throw new Error('a bug');
  };
  const { statusCode, body, headers } = await call('/api/v1/devmachines?namespace=a');
  const reqId = headers['x-request-id'];
  assert.equal(statusCode, 500);
  assert.deepEqual(JSON.parse(body), {
    type: 'urn:devmachine:problem:internal-error',
    title: 'Internal Server Error',
    status: 500,
    detail: 'Internal error. Quote the request id to an administrator.',
    instance: reqId,
  });
  assert.partialDeepStrictEqual(lines[0], { level: 50, reqId, err: { message: 'a bug' } });
  assert.partialDeepStrictEqual(lines[1], { level: 40, reqId, res: { statusCode: 500 } });
});
