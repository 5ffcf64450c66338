import assert from 'node:assert/strict';
import { connect as connectSocket } from 'node:net';
import { test } from 'node:test';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { type Answer, startApi, startReadyApi } from '../support/api.ts';
import { connect, createNamespace, nobodysKubeconfig } from '../support/cluster.ts';

/** Every error is a complete problem document, and reveals nothing internal. */
function assertProblem(answer: Answer, status: number, type: string): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
  assert.equal(answer.body.type, `urn:devmachine:problem:${type}`);
  assert.equal(answer.body.status, status);
  assert.equal(answer.body.instance, answer.headers['x-request-id']);
  assert.ok(answer.body.title && answer.body.detail);
  assert.doesNotMatch(JSON.stringify(answer.body), /node_modules|\.ts:|Bearer|stack/);
}

const POST = '/api/v1/devmachines?namespace=default';
const BODY = manifest(EXAMPLE_SPEC, { name: 'errors' });

test('invalid requests', async (t) => {
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

  const at = async (answer: Answer, where: object) => {
    assertProblem(answer, 400, 'invalid-request');
    const [{ message, source, ...place }] = answer.body.errors;
    assert.deepEqual(place, where, message);
    assert.equal(source, 'request');
  };
  await at(await post(BODY, {}, `${POST}&surplus=1`), { parameter: 'surplus' });
  await at(await post(BODY, {}, `${POST}&namespace=other`), { parameter: 'namespace' });
  await at(await post(BODY, {}, `${POST}&dryRun=All`), { parameter: 'dryRun' });
  await at(await post(BODY, {}, '/api/v1/devmachines?namespace=No_Name'), { parameter: 'namespace' });
  await at(await post(BODY, {}, '/api/v1/devmachines?namespace=..%2f..'), { parameter: 'namespace' });
  await at(await post(BODY, {}, '/api/v1/devmachines'), { parameter: 'namespace' });
  await at(await api.call('GET', '/api/v1/devmachines/status?namespace=default'), { parameter: 'name' });
  await at(await api.call('GET', '/api/v1/devmachines/status?namespace=default&name=a%2fb'), {
    parameter: 'name',
  });
  await at(await api.call('DELETE', '/api/v1/devmachines?namespace=default'), { parameter: 'name' });
  await at(await post(manifest(EXAMPLE_SPEC, {})), { pointer: '/metadata/name' });
  await at(await post(manifest(EXAMPLE_SPEC, { name: 'a', namespace: 'other' })), {
    pointer: '/metadata/namespace',
  });
  await at(await post(manifest({ ...EXAMPLE_SPEC, 'a/b~c': 1 })), { pointer: '/spec/a~1b~0c' });
  await at(await post(text.replace('"cpu":2', '"cpu":2,"cpu":3')), { pointer: '/spec/cpu' });
  await at(await post(manifest({ ...EXAMPLE_SPEC, ingressDomain: undefined, ingress: {} })), {
    pointer: '/spec/ingress',
  });

  assert.equal((await api.call('GET', '/livez')).status, 200);
});

test('at most fifty errors of a body are reported', async (t) => {
  const api = await startReadyApi(t);
  const spec = JSON.stringify(EXAMPLE_SPEC);
  for (const field of [`"mounts":[${Array(40_000).fill('{}')}]`, `"args":[${Array(100_000).fill('1')}]`]) {
    const body = `{"apiVersion":"ide.example.com/v1alpha1","kind":"DevMachine","metadata":{"name":"a"},"spec":${spec.replace('}', `},${field}`)}}`;
    const refused = await api.call('POST', POST, body.replace('}},"', '},"'));
    assertProblem(refused, 400, 'invalid-request');
    assert.ok(refused.body.errors === undefined || refused.body.errors.length <= 50);
  }
});

test('only requests for the loopback hosts are answered, unless others are allowed', async (t) => {
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

test('a request that arrives too slowly is answered 408', async (t) => {
  const api = await startReadyApi(t, { REQUEST_TIMEOUT_SECONDS: '1' });
  const { hostname, port } = new URL(api.url);
  const heads = [
    'POST / HTTP/1.1\r\nHost: local',
    `POST ${POST} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  ];
  for (const head of heads) {
    const socket = connectSocket(Number(port), hostname);
    socket.write(head);
    assert.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1\.1 408 Request Timeout\r\n/);
  }
});

test('the namespace may be in the body only', async (t) => {
  const namespace = await createNamespace(connect(t));
  const api = await startReadyApi(t);
  const created = await api.call(
    'POST',
    '/api/v1/devmachines',
    manifest(EXAMPLE_SPEC, { name: 'inner', namespace }),
  );
  assert.equal(created.status, 201);
});

test('what is not HTTP is refused and does no harm', async (t) => {
  const api = await startReadyApi(t);
  const { hostname, port } = new URL(api.url);
  const socket = connectSocket(Number(port), hostname);
  socket.write('NONSENSE\r\n\r\n');
  const answer = Buffer.concat(await socket.toArray()).toString();
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /urn:devmachine:problem:malformed-http/);
  assert.equal((await api.call('GET', '/livez')).status, 200);
});

test("a user without rights gets a 403 with the cluster's message", async (t) => {
  const api = await startApi(t, { KUBECONFIG: nobodysKubeconfig() });
  const refused = await api.create('default', 'forbidden');
  assertProblem(refused, 403, 'forbidden');
  assert.match(refused.body.detail, /User "nobody" cannot patch resource "devmachines"/);
  assertProblem(await api.status('default', 'forbidden'), 503, 'cache-not-synced');
  assertProblem(await api.call('GET', '/readyz'), 503, 'cache-not-synced');
  assert.equal((await api.call('GET', '/livez')).status, 200);
});
