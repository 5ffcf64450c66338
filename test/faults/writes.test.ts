import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { client } from '../support/api.ts';
import { get } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { type Backend, startBackend, untilSynced, untilUnreachable } from './support/backend.ts';
import { openEnvironment } from './support/environment.ts';
import { WRITES } from './support/exchange.ts';
import { blackHole, type Fault, throttles } from './support/faults.ts';

/** Writes through the API, with faults between the backend and the cluster. */

/** The API server executes the request, but its response is lost. */
const losesResponse: Fault = {
  // biome-ignore lint/correctness/useYield: no byte is forwarded
  async *transform(bytes) {
    for await (const _ of bytes);
    throw new Error('lost');
  },
};

const API = '/api/v1/devmachines';

const metric = ({ metrics }: Backend, name: string) => metrics.find((one) => one.name === name)?.value();

const writesOf = (name: string) => ({ ...WRITES, path: `/devmachines/${name}` });

async function open(t: TestContext, env: Record<string, string> = {}) {
  const environment = await openEnvironment();
  const { kubeconfig, namespace, direct, proxy } = environment;
  const backend = await startBackend({ kubeconfig, namespaces: [namespace], env });
  t.after(async () => {
    await backend.stop();
    await environment.close();
  });
  await untilSynced(backend);

  const agent = new Agent({ connections: 1_000 });
  t.after(() => agent.destroy());
  const { call, ...api } = client(backend.url, agent);
  const create = (name: string) => api.create(namespace, name);
  /** Sends a create request; returns a function that aborts it. */
  const startCreate = (name: string) => {
    const caller = new AbortController();
    const response = request(`${backend.url}${API}?namespace=${namespace}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(manifest(EXAMPLE_SPEC, { name })),
      signal: caller.signal,
    });
    response.catch(() => undefined);
    return async () => {
      caller.abort();
      await assert.rejects(response);
    };
  };
  const stored = async (name: string) => (await get(direct, machinePath({ namespace, name }))).body;
  /** The number of requests to the cluster that write this machine. */
  const sent = (name: string) => proxy.requests(writesOf(name)).length;
  return { proxy, namespace, backend, call, create, startCreate, stored, sent };
}

test('a write whose response is lost is retried, and takes effect once', async (t) => {
  const { proxy, call, create, stored, sent, namespace } = await open(t);
  const target = (name: string) => `namespace=${namespace}&name=${name}`;

  proxy.inject(losesResponse, writesOf('created'), 1);
  const created = await create('created');
  assert.equal(created.status, 200, JSON.stringify(created.body));
  assert.equal((await stored('created')).metadata.uid, created.body.metadata.uid);

  for (const action of ['stop', 'restart', 'restart']) {
    const before = await stored('created');
    proxy.inject(losesResponse, writesOf('created'), 1);
    const response = await call('POST', `${API}/${action}?${target('created')}`);
    assert.equal(response.status, 202, JSON.stringify(response.body));
    const after = await stored('created');
    assert.equal(after.metadata.generation, before.metadata.generation + 1, action);
    assert.deepEqual(response.body.spec, after.spec);
  }

  const other = manifest({ ...EXAMPLE_SPEC, cpu: 3 }, { name: 'created' });
  const { metadata } = await stored('created');
  proxy.inject(losesResponse, writesOf('created'), 1);
  assert.equal((await call('PUT', `${API}?namespace=${namespace}`, other)).status, 200);
  assert.equal((await stored('created')).metadata.generation, metadata.generation + 1);

  proxy.inject(losesResponse, writesOf('created'), 1);
  assert.equal((await call('DELETE', `${API}?${target('created')}`)).status, 202);
  assert.equal((await stored('created')).code, 404);
  assert.ok(sent('created') >= 10, `${sent('created')}`);
});

test('a PUT with If-Match whose response is lost is not retried, because it would conflict with its own change', async (t) => {
  const { proxy, call, create, stored, sent, namespace } = await open(t);
  await create('matched');
  const status = await call('GET', `${API}/status?namespace=${namespace}&name=matched`);
  const before = sent('matched');
  proxy.inject(losesResponse, writesOf('matched'), 1);
  const other = manifest({ ...EXAMPLE_SPEC, cpu: 3 }, { name: 'matched' });
  const headers = { 'if-match': String(status.headers['etag']) };
  const response = await call('PUT', `${API}?namespace=${namespace}`, other, headers);
  assert.equal(response.status, 503);
  assert.match(response.body.detail, /may have taken effect/);
  assert.equal(sent('matched') - before, 1);
  assert.equal((await stored('matched')).spec.cpu, 3);
});

test('a throttled write is retried after Retry-After, unless it is long', async (t) => {
  const { proxy, create, sent } = await open(t);
  proxy.inject(throttles(1), WRITES, 2);
  assert.equal((await create('throttled')).status, 201);
  assert.equal(sent('throttled'), 3);

  proxy.inject(throttles(30), WRITES, 1);
  const passedOn = await create('refused');
  assert.deepEqual([passedOn.status, passedOn.headers['retry-after']], [429, '30']);
});

test('aborting a request aborts the write to the cluster', async (t) => {
  // Longer than `until` waits: the write does not end by its deadline.
  const { proxy, startCreate } = await open(t, { CLUSTER_TIMEOUT_SECONDS: '60' });
  proxy.inject(blackHole, WRITES);
  const abort = startCreate('aborted');
  await until('the write to reach the proxy', () => proxy.exchanges(WRITES).length === 1);
  await abort();
  await until('the write to be aborted', () => proxy.exchanges(WRITES).length === 0);
});

test('a request that is aborted while it waits for a write slot is not sent to the cluster', async (t) => {
  const { proxy, backend, create, startCreate, sent } = await open(t, {
    MAX_WRITES: '1',
    CLUSTER_TIMEOUT_SECONDS: '5',
  });
  proxy.inject(blackHole, writesOf('first'));
  const first = create('first');
  await until('the write to reach the proxy', () => proxy.exchanges(WRITES).length === 1);
  const abort = startCreate('aborted');
  const waiting = () => metric(backend, 'devmachine_writes_waiting');
  await until('the write to wait', () => waiting() === 1);
  const later = create('later');
  await abort();
  assert.equal((await first).status, 504);
  assert.equal((await later).status, 201);
  assert.equal(sent('aborted'), 0);
});

test('of a thousand concurrent creates, at most MAX_WRITES are in flight', async (t) => {
  const { proxy, create } = await open(t, { MAX_WRITES: '4' });
  let maxInFlight = 0;
  const delay: Fault = {
    before: async () => {
      maxInFlight = Math.max(maxInFlight, proxy.exchanges(WRITES).length);
      await sleep(5);
    },
  };
  proxy.inject(delay, WRITES);
  const creates: ReturnType<typeof create>[] = [];
  for (let index = 0; index < 1_000; index++) {
    // The backlog of the server's socket is shorter than 1,000: let the server accept connections in between.
    if (index % 100 === 0) await sleep(10);
    creates.push(create(`m-${index}`));
  }
  const statuses = (await Promise.all(creates)).map(({ status }) => status);
  const count = (expected: number) => statuses.filter((status) => status === expected).length;
  t.diagnostic(`${count(201)} created, ${count(503)} refused`);
  assert.equal(count(201) + count(503), 1_000);
  assert.ok(count(201) > 4);
  assert.equal(maxInFlight, 4);
});

test('writes to an unreachable cluster fail without a request, and succeed when it is reachable again', async (t) => {
  const { proxy, backend, create, call, sent, namespace } = await open(t);
  assert.equal((await create('known')).status, 201);
  proxy.refuse();
  await untilUnreachable(backend);
  const refused = await create('new');
  assert.deepEqual([refused.status, refused.body.type], [503, 'urn:devmachine:problem:cluster-unavailable']);
  assert.match(refused.body.detail, /No request was sent to it/);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  const path = `${API}/status?namespace=${namespace}&name=`;
  assert.equal((await call('GET', `${path}known`)).status, 200);
  // Another replica may have created it.
  assert.equal((await call('GET', `${path}unknown`)).status, 503);
  await proxy.heal();
  assert.equal(sent('new'), 0);
  await until('a create to succeed', async () => (await create('new')).status === 201);
});
