import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { type Api, startReadyApi } from '../support/api.ts';
import { applyAs, connect, createNamespace, mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const list = (api: Api, query: Record<string, string>, headers?: Record<string, string>) =>
  api.call('GET', `/api/v1/devmachines?${new URLSearchParams(query)}`, undefined, headers);

const keys = (items: { namespace: string; name: string }[]) =>
  items.map(({ namespace, name }) => `${namespace}/${name}`);

test('lists are ordered by name, filtered by namespace, template and phase, and paged', async (t) => {
  const cluster = connect(t);
  // One namespace is a prefix of the other: the order compares names, not paths.
  const first = await createNamespace(cluster, 'list');
  const second = await createNamespace(cluster, first);
  const api = await startReadyApi(t, { WATCH_NAMESPACES: `${second},${first}` });
  const gpu = { ...EXAMPLE_SPEC, template: 'vscode-gpu' };
  for (const name of ['b', 'a-b', 'a0', 'a']) await api.create(first, name);
  for (const name of ['z', 'y']) await api.create(second, name, gpu);
  const all = [...['a', 'a-b', 'a0', 'b'].map((name) => `${first}/${name}`), `${second}/y`, `${second}/z`];

  const whole = await list(api, {});
  assert.deepEqual(keys(whole.body.items), all);
  assert.deepEqual([whole.body.remaining, whole.body.continue], [0, undefined]);
  assert.deepEqual(keys((await list(api, { namespace: second })).body.items), all.slice(4));
  assert.deepEqual(keys((await list(api, { template: 'vscode-gpu' })).body.items), all.slice(4));
  assert.deepEqual(keys((await list(api, { namespace: first, template: 'vscode-gpu' })).body.items), []);
  const { staleSince: _, ...status } = (await api.status(first, 'a')).body;
  assert.deepEqual(whole.body.items[0], status);

  for (const limit of [1, 2, 3, 5]) {
    const { pages, remaining } = await readPages(api, { limit: String(limit) });
    assert.deepEqual(pages.flat(), all);
    assert.deepEqual(
      remaining,
      pages.map((_, index) => Math.max(0, 6 - limit * (index + 1))),
    );
  }
  const phases = await Promise.all(
    ['Pending', 'Starting', 'Running', 'Stopping', 'Stopped', 'Failed', 'Deleting'].map((phase) =>
      list(api, { phase }),
    ),
  );
  for (const { body } of phases)
    for (const { namespace, name, phase } of body.items)
      assert.equal((await api.status(namespace, name)).body.phase, phase);
  assert.deepEqual(phases.flatMap(({ body }) => keys(body.items)).sort(), [...all].sort());

  const etag = String(whole.headers['etag']);
  assert.equal((await list(api, {}, { 'if-none-match': etag })).status, 304);
  await mergePatch(cluster, machinePath({ namespace: second, name: 'z' }), { spec: { cpu: 9 } });
  await until('another ETag', async () => (await list(api, {}, { 'if-none-match': etag })).status === 200);
});

test('pages neither skip nor repeat existing machines while others are created and deleted', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, { WATCH_NAMESPACES: namespace, DEFAULT_NAMESPACE: namespace });
  const permanent = Array.from({ length: 12 }, (_, index) => `m${String(index).padStart(2, '0')}-permanent`);
  await Promise.all(permanent.map((name) => api.create(namespace, name)));
  for (let round = 0; round < 5; round++) {
    const { pages } = await readPages(api, { limit: '2' }, async () => {
      const name = `m${String(Math.floor(Math.random() * 12)).padStart(2, '0')}-extra`;
      const key = { namespace, name };
      if (Math.random() < 0.5)
        await applyAs(cluster, 'kubectl', machinePath(key), manifest(EXAMPLE_SPEC, key));
      else await api.delete(namespace, name);
    });
    const seen = pages.flat();
    assert.deepEqual(
      seen.filter((key) => key.endsWith('-permanent')),
      permanent.map((name) => `${namespace}/${name}`),
    );
    assert.equal(new Set(seen).size, seen.length);
  }
  // The last machine of a page may be deleted before the next page is read.
  const page = await list(api, { limit: '3' });
  await api.delete(namespace, page.body.items[2].name);
  const next = await list(api, { limit: '500', continue: page.body.continue });
  const names = [...page.body.items, ...next.body.items].map(({ name }) => name);
  for (const name of permanent) assert.ok(names.includes(name), name);
});

test('the response to an invalid query names the parameter', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, { WATCH_NAMESPACES: namespace });
  await Promise.all(['one', 'two'].map((name) => api.create(namespace, name)));
  const { body } = await list(api, { limit: '1' });
  const token: string = body.continue;
  const invalid: [Record<string, string>, string][] = [
    [{ limit: '0' }, 'limit'],
    [{ limit: '501' }, 'limit'],
    [{ limit: 'all' }, 'limit'],
    [{ limit: '' }, 'limit'],
    [{ phase: 'running' }, 'phase'],
    [{ template: 'emacs' }, 'template'],
    [{ namespace: 'A' }, 'namespace'],
    [{ sort: 'name' }, 'sort'],
    [{ continue: 'junk' }, 'continue'],
    [{ continue: '' }, 'continue'],
    [{ continue: token, namespace }, 'continue'],
    [{ continue: token, phase: 'Running' }, 'continue'],
    [{ continue: token, template: 'vscode-cpu' }, 'continue'],
    [{ continue: 'x'.repeat(5_000) }, 'continue'],
  ];
  for (const [query, parameter] of invalid) {
    const response = await list(api, query);
    assert.equal(response.status, 400, JSON.stringify(query));
    assert.deepEqual(
      response.body.errors.map((error: { parameter: string }) => error.parameter),
      [parameter],
    );
  }
  assert.equal((await list(api, { continue: token, limit: '7' })).status, 200);
  assert.equal(
    (await list(api, { namespace: 'kube-system' })).body.type,
    'urn:devmachine:problem:namespace-not-found',
  );
});

/** Reads all pages, and calls `afterPage` after each. */
async function readPages(api: Api, query: Record<string, string>, afterPage?: () => Promise<void>) {
  const pages: string[][] = [];
  const remaining: number[] = [];
  let token: string | undefined;
  do {
    const { status, body } = await list(api, { ...query, ...(token ? { continue: token } : {}) });
    assert.equal(status, 200);
    pages.push(keys(body.items));
    remaining.push(body.remaining);
    token = body.continue;
    await afterPage?.();
  } while (token);
  return { pages, remaining };
}
