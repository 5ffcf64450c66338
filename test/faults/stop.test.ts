import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testKubeconfig } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { answers, blackHole, type Fault, status } from './support/faults.ts';
import { leaked, listeners, resources } from './support/leaks.ts';
import { controlPlaneOf, openSite, type Site } from './support/site.ts';
import { type Stack, startStack, WATCHES } from './support/stack.ts';

/** Stopped or asked at any time: before the first list, in a wait, in a watch. */

const tooMany = answers(429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '3600' });

async function withStack(fault: Fault | undefined, use: (stack: Stack, site: Site) => Promise<void>) {
  const before = resources();
  const site = await openSite(await controlPlaneOf(testKubeconfig()));
  if (fault) site.proxy.inject(fault);
  const stack = await startStack({ kubeconfig: site.kubeconfig, namespaces: [site.world.namespace] });
  try {
    await use(stack, site);
  } finally {
    const began = performance.now();
    await stack.stop();
    assert.ok(performance.now() - began < 1_000, 'it waits for something');
    await site.close();
  }
  assert.equal(listeners(stack.signal), 0);
  assert.deepEqual(await leaked(before), []);
}

const asked = ({ proxy }: Site) => until('a request to the cluster', () => proxy.asked().length > 0);

const watching = (stack: Stack, { proxy }: Site) =>
  until(
    'a synced cache and all watches',
    () => stack.cache.synced() && proxy.open({ kind: 'watch' }).length >= WATCHES,
  );

test('stopped while lists wait for their answers', () => withStack(blackHole, (_, site) => asked(site)));

test('stopped while all wait because they were told to', () =>
  withStack(tooMany, (stack) => until('a warning', () => stack.warnings.length > 0)));

test('stopped before anything was asked', () => withStack(undefined, async () => undefined));

test('stopped while watches are open', () => withStack(undefined, watching));

test('stopped while watches wait to be granted', () =>
  withStack(undefined, async (stack, site) => {
    site.proxy.inject(blackHole, { kind: 'watch' });
    await watching(stack, site);
  }));

test('reads before the first list has come: 503, not 404', () =>
  withStack(blackHole, async ({ url }, site) => {
    await asked(site);
    const { namespace } = site.world;
    const list = `/api/v1/devmachines?namespace=${namespace}`;
    for (const path of [list, `/api/v1/devmachines/status?namespace=${namespace}&name=any`]) {
      const reply = await fetch(`${url}${path}`);
      const body = (await reply.json()) as { type: string };
      assert.deepEqual([reply.status, body.type], [503, 'urn:devmachine:problem:cache-not-synced'], path);
      assert.equal(reply.headers.get('retry-after'), '1');
    }
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
    assert.equal((await fetch(`${url}/livez`)).status, 200);
    await site.proxy.heal();
    await until('/readyz to answer 200', async () => (await fetch(`${url}/readyz`)).status === 200);
    assert.equal((await fetch(`${url}${list}`)).status, 200);
  }));
