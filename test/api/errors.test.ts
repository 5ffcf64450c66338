import assert from 'node:assert/strict';
import { connect as connectSocket } from 'node:net';
import { test } from 'node:test';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { type ApiResponse, startApi, startReadyApi } from '../support/api.ts';
import { connect, createNamespace, unprivilegedKubeconfig } from '../support/cluster.ts';

/** Asserts that a response is a complete problem document that reveals no internals. */
function assertProblem(response: ApiResponse, status: number, type: string): void {
  assert.equal(response.status, status, JSON.stringify(response.body));
  assert.equal(response.headers['content-type'], 'application/problem+json; charset=utf-8');
  assert.equal(response.body.type, `urn:devmachine:problem:${type}`);
  assert.equal(response.body.status, status);
  assert.equal(response.body.instance, response.headers['x-request-id']);
  assert.ok(response.body.title && response.body.detail);
  assert.doesNotMatch(JSON.stringify(response.body), /node_modules|\.ts:|Bearer|stack/);
}

const POST = '/api/v1/devmachines?namespace=default';
const BODY = manifest(EXAMPLE_SPEC, { name: 'errors' });

test('an invalid request is rejected with a problem that names the invalid part', async (t) => {
  const api = await startReadyApi(t);
  const post = (body: unknown, headers?: Record<string, string>, path = POST) =>
    api.call('POST', path, body, headers);
  const text = JSON.stringify(BODY);

  assertProblem(await post('{"a":'), 400, 'invalid-request');
  assertProblem(await post(''), 400, 'invalid-request');
  assertProblem(await post(text, { 'content-type': 'text/plain' }), 415, 'unsupported-media-type');
  assertProblem(await post(text, { 'content-type': 'application/yaml' }), 415, 'unsupported-media-type');
  assertProblem(await post(' '.repeat(2_000_000)), 413, 'too-large');
  assertProblem(await api.call('GET', '/api/v1/nothing'), 404, 'no-such-call');
  assertProblem(await api.call('PATCH', POST, BODY), 404, 'no-such-call');
  assertProblem(await api.call('GET', '/api/v1/%zz'), 400, 'invalid-request');
  assertProblem(await api.call('QUERY', '/livez'), 400, 'invalid-request');
  assertProblem(
    await api.call('DELETE', '/api/v1/devmachines?namespace=default&name=a', {}),
    400,
    'invalid-request',
  );
  for (const header of [
    { 'content-type': 'application/json; charset=iso-8859-1' },
    { 'content-encoding': 'gzip' },
  ]) {
    assertProblem(await post(text, header), 415, 'unsupported-media-type');
  }
  assert.equal(
    (await post(text, { 'content-type': 'application/json; charset="UTF-8"' }, `${POST}&dryRun=true`)).status,
    200,
  );

  const assertRejectedAt = (response: ApiResponse, expected: object) => {
    assertProblem(response, 400, 'invalid-request');
    const [{ message, source, ...location }] = response.body.errors;
    assert.deepEqual(location, expected, message);
    assert.equal(source, 'request');
  };
  assertRejectedAt(await post(BODY, {}, `${POST}&surplus=1`), { parameter: 'surplus' });
  assertRejectedAt(await post(BODY, {}, `${POST}&namespace=other`), { parameter: 'namespace' });
  assertRejectedAt(await post(BODY, {}, `${POST}&dryRun=All`), { parameter: 'dryRun' });
  assertRejectedAt(await post(BODY, {}, '/api/v1/devmachines?namespace=No_Name'), { parameter: 'namespace' });
  assertRejectedAt(await post(BODY, {}, '/api/v1/devmachines?namespace=..%2f..'), { parameter: 'namespace' });
  assertRejectedAt(await post(BODY, {}, '/api/v1/devmachines'), { parameter: 'namespace' });
  assertRejectedAt(await api.call('GET', '/api/v1/devmachines/status?namespace=default'), {
    parameter: 'name',
  });
  assertRejectedAt(await api.call('GET', '/api/v1/devmachines/status?namespace=default&name=a%2fb'), {
    parameter: 'name',
  });
  assertRejectedAt(await api.call('DELETE', '/api/v1/devmachines?namespace=default'), { parameter: 'name' });
  assertRejectedAt(await post(manifest(EXAMPLE_SPEC, {})), { pointer: '/metadata/name' });
  assertRejectedAt(await post(manifest(EXAMPLE_SPEC, { name: 'a', namespace: 'other' })), {
    pointer: '/metadata/namespace',
  });
  assertRejectedAt(await post(manifest({ ...EXAMPLE_SPEC, 'a/b~c': 1 })), { pointer: '/spec/a~1b~0c' });
  assertRejectedAt(await post(text.replace('"cpu":2', '"cpu":2,"cpu":3')), { pointer: '/spec/cpu' });
  assertRejectedAt(await post(manifest({ ...EXAMPLE_SPEC, ingressDomain: undefined, ingress: {} })), {
    pointer: '/spec/ingress',
  });

  assert.equal((await api.call('GET', '/livez')).status, 200);
});

test('the response to a body with 100,000 errors lists at most 50 of them', async (t) => {
  const api = await startReadyApi(t);
  const spec = JSON.stringify(EXAMPLE_SPEC);
  for (const field of [`"mounts":[${Array(40_000).fill('{}')}]`, `"args":[${Array(100_000).fill('1')}]`]) {
    const body = `{"apiVersion":"ide.example.com/v1alpha1","kind":"DevMachine","metadata":{"name":"a"},"spec":${spec.replace('}', `},${field}`)}}`;
    const refused = await api.call('POST', POST, body.replace('}},"', '},"'));
    assertProblem(refused, 400, 'invalid-request');
    assert.ok(refused.body.errors === undefined || refused.body.errors.length <= 50);
  }
});

test('only requests for local hosts are accepted, unless ALLOWED_HOSTS names others', async (t) => {
  const read = '/api/v1/devmachines/status?name=a&namespace=default';
  const loopback = await startReadyApi(t);
  assertProblem(
    await loopback.call('GET', read, undefined, { host: 'rebound.example:8080' }),
    421,
    'misdirected-request',
  );
  for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:8080', '[::1]:8080']) {
    assert.equal((await loopback.call('GET', read, undefined, { host })).status, 404, host);
  }
  const named = await startReadyApi(t, { ALLOWED_HOSTS: 'localhost,127.0.0.1,ide.example' });
  assert.equal((await named.call('GET', read, undefined, { host: 'ide.example' })).status, 404);
  assertProblem(
    await named.call('GET', read, undefined, { host: 'other.example' }),
    421,
    'misdirected-request',
  );
});

test('a request that arrives too slowly is rejected with 408', async (t) => {
  const api = await startReadyApi(t, { REQUEST_TIMEOUT_SECONDS: '1' });
  const { hostname, port } = new URL(api.url);
  const incompleteRequests = [
    'POST / HTTP/1.1\r\nHost: local',
    `POST ${POST} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  ];
  for (const text of incompleteRequests) {
    const socket = connectSocket(Number(port), hostname);
    socket.write(text);
    assert.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1\.1 408 Request Timeout\r\n/);
  }
});

test('the namespace may be given in the body alone', async (t) => {
  const namespace = await createNamespace(connect(t));
  const api = await startReadyApi(t);
  const created = await api.call(
    'POST',
    '/api/v1/devmachines',
    manifest(EXAMPLE_SPEC, { name: 'inner', namespace }),
  );
  assert.equal(created.status, 201);
});

test('input that is not HTTP is rejected, and the server continues to run', async (t) => {
  const api = await startReadyApi(t);
  const { hostname, port } = new URL(api.url);
  const socket = connectSocket(Number(port), hostname);
  socket.write('NONSENSE\r\n\r\n');
  const response = Buffer.concat(await socket.toArray()).toString();
  assert.match(response, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(response, /urn:devmachine:problem:malformed-http/);
  assert.equal((await api.call('GET', '/livez')).status, 200);
});

test('without permissions, the response is a 403 with the message of the cluster', async (t) => {
  const api = await startApi(t, { KUBECONFIG: unprivilegedKubeconfig() });
  const refused = await api.create('default', 'forbidden');
  assertProblem(refused, 403, 'forbidden');
  assert.match(refused.body.detail, /User "nobody" cannot patch resource "devmachines"/);
  assertProblem(await api.status('default', 'forbidden'), 503, 'cache-not-synced');
  assertProblem(await api.call('GET', '/readyz'), 503, 'cache-not-synced');
  assert.equal((await api.call('GET', '/livez')).status, 200);
});
