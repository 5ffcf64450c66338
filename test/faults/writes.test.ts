import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { client } from '../support/api.ts';
import { get, testKubeconfig } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { answers, blackHole, type Fault, status } from './support/faults.ts';
import { controlPlaneOf, openSite } from './support/site.ts';
import { startStack } from './support/stack.ts';

/** Changes through the API, while the way from it to the cluster is at fault. */

/** The cluster does what it is asked, and its answer never comes. */
const losesTheAnswer: Fault = {
  // biome-ignore lint/correctness/useYield: nothing passes
  async *pass(bytes) {
    for await (const _ of bytes);
    throw new Error('lost');
  },
};

const CLUSTER_TIMEOUT_MS = 60_000;
const WRITES = { kind: 'write' } as const;
const API = '/api/v1/devmachines';

async function open(t: TestContext, env: Record<string, string> = {}) {
  const site = await openSite(await controlPlaneOf(testKubeconfig()));
  const { namespace } = site.world;
  const stack = await startStack({ kubeconfig: site.kubeconfig, namespaces: [namespace], env });
  t.after(async () => {
    await stack.stop();
    await site.close();
  });
  await until('the cache to be synced', () => stack.cache.synced());

  const agent = new Agent({ connections: 1_000 });
  t.after(() => agent.destroy());
  const { call, ...api } = client(stack.url, agent);
  const create = (name: string) => api.create(namespace, name);
  /** A request for a machine, and the way to give it up. */
  const leave = (name: string) => {
    const leaving = new AbortController();
    const reply = request(`${stack.url}${API}?namespace=${namespace}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(manifest(EXAMPLE_SPEC, { name })),
      signal: leaving.signal,
    });
    reply.catch(() => undefined);
    return async () => {
      leaving.abort();
      await assert.rejects(reply);
    };
  };
  const stored = async (name: string) => (await get(site.direct, machinePath({ namespace, name }))).body;
  const sent = (name: string) => site.proxy.asked({ ...WRITES, path: `/devmachines/${name}` }).length;
  return { ...site, namespace, stack, call, create, leave, stored, sent };
}

test('an answer that is lost: the request is repeated, and takes effect once', async (t) => {
  const { proxy, call, create, stored, sent, namespace } = await open(t);
  const target = (name: string) => `namespace=${namespace}&name=${name}`;

  proxy.inject(losesTheAnswer, { ...WRITES, path: '/devmachines/created' }, 1);
  const created = await create('created');
  assert.equal(created.status, 200, JSON.stringify(created.body));
  assert.equal((await stored('created')).metadata.uid, created.body.metadata.uid);

  for (const action of ['stop', 'restart', 'restart']) {
    const before = await stored('created');
    proxy.inject(losesTheAnswer, { ...WRITES, path: '/devmachines/created' }, 1);
    const reply = await call('POST', `${API}/${action}?${target('created')}`);
    assert.equal(reply.status, 202, JSON.stringify(reply.body));
    const after = await stored('created');
    assert.equal(after.metadata.generation, before.metadata.generation + 1, action);
    assert.deepEqual(reply.body.spec, after.spec);
  }

  const other = manifest({ ...EXAMPLE_SPEC, cpu: 3 }, { name: 'created' });
  const { metadata } = await stored('created');
  proxy.inject(losesTheAnswer, { ...WRITES, path: '/devmachines/created' }, 1);
  assert.equal((await call('PUT', `${API}?namespace=${namespace}`, other)).status, 200);
  assert.equal((await stored('created')).metadata.generation, metadata.generation + 1);

  proxy.inject(losesTheAnswer, { ...WRITES, path: '/devmachines/created' }, 1);
  assert.equal((await call('DELETE', `${API}?${target('created')}`)).status, 202);
  assert.equal((await stored('created')).code, 404);
  assert.ok(sent('created') >= 10, `${sent('created')}`);
});

test('a PUT with If-Match whose answer is lost is not repeated: it would be refused for its own change', async (t) => {
  const { proxy, call, create, stored, sent, namespace } = await open(t);
  await create('matched');
  const status = await call('GET', `${API}/status?namespace=${namespace}&name=matched`);
  const before = sent('matched');
  proxy.inject(losesTheAnswer, { ...WRITES, path: '/devmachines/matched' }, 1);
  const other = manifest({ ...EXAMPLE_SPEC, cpu: 3 }, { name: 'matched' });
  const headers = { 'if-match': String(status.headers['etag']) };
  const reply = await call('PUT', `${API}?namespace=${namespace}`, other, headers);
  assert.equal(reply.status, 503);
  assert.match(reply.body.detail, /may have taken effect/);
  assert.equal(sent('matched') - before, 1);
  assert.equal((await stored('matched')).spec.cpu, 3);
});

test('a cluster that throttles is asked again when it says so', async (t) => {
  const { proxy, create, sent } = await open(t);
  const busy = status(429, 'TooManyRequests', 'too many requests');
  proxy.inject(answers(429, busy, { 'retry-after': '1' }), WRITES, 2);
  assert.equal((await create('throttled')).status, 201);
  assert.equal(sent('throttled'), 3);

  proxy.inject(answers(429, busy, { 'retry-after': '30' }), WRITES, 1);
  const passedOn = await create('refused');
  assert.deepEqual([passedOn.status, passedOn.headers['retry-after']], [429, '30']);
});

test('who goes away takes his request to the cluster with him', async (t) => {
  const { proxy, leave } = await open(t, { CLUSTER_TIMEOUT_SECONDS: String(CLUSTER_TIMEOUT_MS / 1_000) });
  proxy.inject(blackHole, WRITES);
  const gone = leave('gone');
  await until('the write to reach the proxy', () => proxy.open(WRITES).length === 1);
  await gone();
  await until('the write to be aborted', () => proxy.open(WRITES).length === 0);
  // Not because it was too late for an answer anyway.
  const [{ at = 0 } = {}] = proxy.asked(WRITES);
  assert.ok(performance.now() - at < CLUSTER_TIMEOUT_MS);
});

test('who goes away while he waits for his turn is not served later', async (t) => {
  const { proxy, create, leave, sent } = await open(t, { MAX_WRITES: '1', CLUSTER_TIMEOUT_SECONDS: '2' });
  proxy.inject(blackHole, { ...WRITES, path: '/devmachines/first' });
  const first = create('first');
  await until('the write to reach the proxy', () => proxy.open(WRITES).length === 1);
  const gone = leave('gone');
  await sleep(200);
  const later = create('later');
  await gone();
  assert.equal((await first).status, 504);
  assert.equal((await later).status, 201);
  assert.equal(sent('gone'), 0);
});

test('a thousand at once: never more than may be under way', async (t) => {
  const { proxy, create } = await open(t, { MAX_WRITES: '4' });
  let most = 0;
  const isSlow: Fault = {
    before: async () => {
      most = Math.max(most, proxy.open(WRITES).length);
      await sleep(5);
    },
  };
  proxy.inject(isSlow, WRITES);
  const statuses = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => (await create(`m-${index}`)).status),
  );
  const count = (wanted: number) => statuses.filter((each) => each === wanted).length;
  t.diagnostic(`${count(201)} created, ${count(503)} refused`);
  assert.equal(count(201) + count(503), 1_000);
  assert.ok(count(201) > 4);
  assert.equal(most, 4);
});

test('while the cluster is away, changes fail at once and nothing is sent; when it is back, they work', async (t) => {
  const { proxy, stack, create, call, sent, namespace } = await open(t);
  assert.equal((await create('known')).status, 201);
  await proxy.refuse();
  await until('the cluster to be unreachable', () => stack.cache.unreachable());
  const refused = await create('away');
  assert.deepEqual([refused.status, refused.body.type], [503, 'urn:devmachine:problem:cluster-unavailable']);
  assert.match(refused.body.detail, /No request was sent to it/);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  const path = `${API}/status?namespace=${namespace}&name=`;
  assert.equal((await call('GET', `${path}known`)).status, 200);
  // Who knows whether another replica has created it meanwhile.
  assert.equal((await call('GET', `${path}unknown`)).status, 503);
  await proxy.heal();
  assert.equal(sent('away'), 0);
  await until('a create to succeed', async () => (await create('away')).status === 201);
});
