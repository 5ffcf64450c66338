import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import type WebSocket from 'ws';
import { mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { remove } from '../support/workloads.ts';
import { newFlow } from './support/pod.ts';
import { HOST, received, startRelayCluster } from './support/relay.ts';

let relay: Awaited<ReturnType<typeof startRelayCluster>>;

before(async () => {
  relay = await startRelayCluster();
});

after(() => relay?.stop());

const next = (socket: WebSocket) =>
  new Promise<Buffer>((resolve, reject) => {
    socket.once('message', resolve).once('error', reject);
  });

test('a request reaches the port of the pod with its own path, query, body and Host', async () => {
  const { status, text } = await relay.call('/a%2fb/?c=d', { method: 'DELETE', headers: { cookie: 'a=b' } });
  assert.equal(status, 200);
  const { url, method, rawHeaders } = JSON.parse(text);
  assert.deepEqual([url, method], ['/a%2fb/?c=d', 'DELETE']);
  const headers = received(rawHeaders);
  assert.deepEqual([headers['host'], headers['cookie']], [[HOST], ['a=b']]);
  const [pod] = await relay.cluster.list(`/api/v1/namespaces/${relay.namespace}/pods`);
  assert.equal(relay.gateway.asked.at(-1), `${pod.status.podIP}:8443`);
});

test('what a client says about earlier proxies and connections is replaced', async () => {
  const forged = {
    forwarded: 'for=10.0.0.1',
    'x-forwarded-for': '10.0.0.1',
    x_forwarded_for: '10.0.0.1',
    'x-forwarded-host': 'forged.example.com',
    'x-forwarded-proto': 'https',
    'x-forwarded-prefix': '/forged',
    'x-forwarded-port': '1',
    'x-real-ip': '10.0.0.1',
    te: 'trailers',
    'proxy-authorization': 'Basic eDp5',
  };
  const { text } = await relay.call('/', { headers: forged });
  const { host, connection, ...headers } = received(JSON.parse(text).rawHeaders);
  assert.deepEqual(connection, ['close']);
  assert.deepEqual(headers, {
    'x-forwarded-for': ['127.0.0.1'],
    'x-forwarded-host': host,
    'x-forwarded-port': [String(relay.port)],
    'x-forwarded-proto': ['http'],
  });
  const { headers: answered } = await relay.call('/hop');
  assert.deepEqual([answered['x-public'], answered['x-private']], ['2', undefined]);
});

test('requests that two servers could read in different ways are refused or made unambiguous', async () => {
  const end = 'Connection: close\r\n\r\n';
  for (const bytes of [
    `GET http://other/ HTTP/1.1\r\nHost: ${HOST}\r\n${end}`,
    `OPTIONS * HTTP/1.1\r\nHost: ${HOST}\r\n${end}`,
    `GET / HTTP/1.1\r\n${end}`,
    `GET / HTTP/1.0\r\n${end}`,
    `GET / HTTP/1.1\r\nHost: ${HOST}\r\nHost: other\r\n${end}`,
    `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n${end}0\r\n\r\n`,
  ])
    assert.match(await relay.send(bytes), /^HTTP\/1\.1 400 /, bytes);

  const hidden = 'GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n';
  const isWhole = new RegExp(`^HTTP/1\\.1 200 .*\r\n\r\n${hidden.length}$`, 's');
  const upload = `GET /upload HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close, content-length\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`;
  assert.match(await relay.send(upload), isWhole);
  const chunked = `GET /upload HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close, transfer-encoding\r\nTransfer-Encoding: chunked\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
  assert.match(await relay.send(chunked), isWhole);
  const upgrade = `GET /upload HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`;
  assert.match(await relay.send(upgrade), isWhole);
  const other = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close, upgrade, host, x-a\r\nUpgrade: h2c\r\nX-A: b\r\n\r\n`;
  const [, body = '{}'] = (await relay.send(other)).split('\r\n\r\n');
  const { host, upgrade: forwarded, connection, 'x-a': named } = received(JSON.parse(body).rawHeaders);
  assert.deepEqual([host, forwarded, connection, named], [[HOST], undefined, ['close'], undefined]);
});

test('a WebSocket carries messages in both directions, and ends with either side', async () => {
  const socket = relay.open('/socket', { 'x-forwarded-host': 'forged.example.com' });
  const headers = received(JSON.parse(String(await next(socket))));
  assert.deepEqual([headers['host'], headers['x-forwarded-host']], [[HOST], [HOST]]);
  for (const message of ['text', 'x'.repeat(1_000_000)]) {
    socket.send(message);
    assert.equal(String(await next(socket)), message);
  }
  assert.ok(relay.pod.open.has('/socket'));
  socket.terminate();
  await until('the end of the WebSocket in the pod', () => !relay.pod.open.has('/socket'));

  const ended = relay.open('/ended');
  await next(ended);
  ended.send('end');
  await new Promise((resolve) => ended.once('close', resolve));

  const refused = relay.open('/refused');
  const status = await new Promise((resolve) => {
    refused.on('unexpected-response', (_, response) => resolve(response.statusCode)).on('error', () => {});
  });
  assert.equal(status, 403);
});

test('100 MB pass in each direction, and the relay holds back a sender that is faster than the receiver', async () => {
  const { pod } = relay;
  pod.flow = newFlow();
  const { text } = await relay.call('/upload', { method: 'PUT', body: Readable.from(pod.flow.zeros(100)) });
  assert.equal(text, '100000000');
  assert.ok(pod.flow.mostAhead() < 40_000_000, `${pod.flow.mostAhead()} bytes were on the way to the pod`);

  pod.flow = newFlow();
  const { body } = await relay.get('/download');
  assert.equal(await pod.flow.countSlowly(body), 100_000_000);
  assert.ok(pod.flow.mostAhead() < 40_000_000, `${pod.flow.mostAhead()} bytes were on the way to the client`);
});

test('a response begins before its body does, and a client that leaves ends the request in the pod', async () => {
  const { body, headers } = await relay.get('/events');
  assert.equal(headers['content-type'], 'text/event-stream');
  relay.pod.finishEvents('data: 1\n\n');
  assert.equal(await body.text(), 'data: 1\n\n');

  const leave = new AbortController();
  const left = relay.call('/hang', { signal: leave.signal }).catch(({ name }) => name);
  await until('the request', () => relay.pod.open.has('/hang'));
  leave.abort();
  assert.equal(await left, 'AbortError');
  await until('the end of the request in the pod', () => !relay.pod.open.has('/hang'));
});

test('a pod that fails is a page with the reason, or a cut response, and the relay goes on', async () => {
  const early = await relay.call('/early', { method: 'POST', body: Readable.from(newFlow().zeros(2)) });
  assert.deepEqual([early.status, early.text], [413, 'too large']);
  for (const path of ['/reset', '/no-status', '/switch']) {
    const { status, text } = await relay.call(path);
    assert.equal(status, 502, path);
    assert.match(text, /The machine web did not answer the request: .+\./);
  }
  await assert.rejects(relay.call('/cut'));
  const { port: podPort } = relay.gateway;
  relay.gateway.port = undefined;
  const { status, text } = await relay.call('/');
  assert.equal(status, 502);
  assert.match(text, /The machine web did not answer the request: the gateway answered 502 for [\d.:]+\./);
  const refused = relay.open('/socket');
  assert.match(
    await new Promise((resolve) => refused.once('error', ({ message }) => resolve(message))),
    /502/,
  );
  relay.gateway.port = podPort;
  assert.equal((await relay.call('/')).status, 200);
});

test('the endpoints and Ingresses of the moment count', async () => {
  const deployment = `/apis/apps/v1/namespaces/${relay.namespace}/deployments/web`;
  await mergePatch(relay.cluster.connection, deployment, { spec: { replicas: 0 } });
  await relay.untilStatus(503);
  const { headers, text } = await relay.call('/');
  assert.equal(headers['retry-after'], '2');
  assert.match(text, /http-equiv="refresh".*The machine web is not ready/s);
  await mergePatch(relay.cluster.connection, deployment, { spec: { replicas: 1 } });
  await relay.untilStatus(200);

  await relay.createIngress('wild', '*.wild.localhost');
  await relay.untilStatus(200, 'one.wild.localhost');
  await relay.untilStatus(404, 'one.two.wild.localhost');
  await relay.createIngress('foreign', 'foreign.localhost', 'other');
  await relay.createIngress('late', 'late.localhost');
  await relay.untilStatus(200, 'late.localhost');
  const absent = await relay.call('/<script>', { headers: { host: 'foreign.localhost' } });
  assert.equal(absent.status, 404);
  assert.ok(!absent.text.includes('<script>'));
  const links = [...absent.text.matchAll(/href="(.+?)"/g)].map(([, url]) => url);
  assert.deepEqual(links, [`http://late.localhost:${relay.port}/`, `http://web.localhost:${relay.port}/`]);
  await remove(relay.cluster, `${relay.ingresses}/late`);
  await relay.untilStatus(404, 'late.localhost');
});
