import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { buildApp } from '../../../src/app.ts';
import { type Config, loadConfig } from '../../../src/config.ts';
import type { Machines } from '../../../src/devmachine/machines.ts';
import { FakeMachines } from '../../support/fake-machines.ts';

/** What an operator sees of requests: a line in the log, a number in /metrics; and the headers of every answer. */

async function open(config: Partial<Config> = {}) {
  const lines: Record<string, never>[] = [];
  const logger = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const machines = new FakeMachines();
  machines.set('one');
  const app = await buildApp(
    { ...loadConfig({}), ...config },
    { machines: machines as unknown as Machines, logger },
  );
  const call = (url: string, method: 'GET' | 'DELETE' = 'GET') => app.inject({ method, url });
  return { call, lines };
}

const READ = '/api/v1/devmachines/status?namespace=a&name=one';

test('reads that succeed have a line now and then, all other requests always', async () => {
  const { call, lines } = await open({ logReadsEvery: 10 });
  for (let count = 0; count < 25; count++) await call(READ);
  assert.equal(lines.length, 2);
  const refused = await call('/api/v1/devmachines/status');
  await call('/nowhere', 'DELETE');
  const [first, second] = lines.slice(2);
  assert.partialDeepStrictEqual(first, {
    msg: 'request completed',
    reqId: refused.headers['x-request-id'],
    req: { method: 'GET', url: '/api/v1/devmachines/status' },
    res: { statusCode: 400 },
  });
  assert.partialDeepStrictEqual(second, { req: { method: 'DELETE' }, res: { statusCode: 404 } });
});

test('the log can hold every read, or none', async () => {
  for (const [logReadsEvery, expected] of [
    [1, 5],
    [0, 0],
  ] as const) {
    const { call, lines } = await open({ logReadsEvery });
    for (let count = 0; count < 5; count++) await call(READ);
    assert.equal(lines.length, expected);
  }
});

test('/metrics counts requests by method, route and class of status', async () => {
  const { call } = await open();
  await call(READ);
  await call(READ);
  await call('/api/v1/devmachines/status?namespace=A');
  await call('/nowhere');
  const { body, headers } = await call('/metrics');
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

test('every answer has the headers that keep a browser from making something else of it', async () => {
  const { call } = await open();
  for (const url of [READ, '/api/v1/devmachines/status', '/nowhere', '/%', '/livez', '/metrics']) {
    const { headers } = await call(url);
    assert.partialDeepStrictEqual(headers, {
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': url === READ ? 'no-cache' : 'no-store',
    });
    assert.match(String(headers['x-request-id']), /./, url);
  }
});
