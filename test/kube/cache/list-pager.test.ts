import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { listAll, PAGE_SIZE } from '../../../src/kube/cache/list-pager.ts';
import type { Stored } from '../../../src/kube/cache/store.ts';
import { item, object, transform } from '../support/items.ts';
import { failure, list, response } from '../support/responses.ts';
import { type ScriptedClient, scriptedClient } from '../support/scripted-client.ts';

const listWith = (client: ScriptedClient, { signal } = new AbortController()) =>
  listAll({ client, path: '/path', transform, signal });

const page = (version: number, token: string, ...items: object[]) =>
  response(200, { metadata: { resourceVersion: String(version), continue: token }, items });

const queries = ({ requests }: ScriptedClient) => requests.map(({ query }) => query);

const LIMIT = String(PAGE_SIZE);

test('lists a single page', async () => {
  const client = scriptedClient({ list: page(5, '', object('a', 'u1', 3), object('b', 'u2', 4)) });
  assert.deepEqual(await listWith(client), {
    items: [item('a', 'u1', 3), item('b', 'u2', 4)],
    resourceVersion: '5',
  });
  // No resourceVersion: with 0, the API server ignores the limit.
  assert.deepEqual(queries(client), [{ limit: LIMIT }]);
  assert.equal(client.requests[0]?.path, '/path');
});

test('a list without items', async () => {
  const empty = { items: [], resourceVersion: '5' };
  assert.deepEqual(await listWith(scriptedClient({ list: list(5) })), empty);
  assert.deepEqual(
    await listWith(scriptedClient({ list: response(200, { metadata: { resourceVersion: '5' } }) })),
    empty,
  );
  // A list of metadata.
  const nothing = { metadata: { resourceVersion: '5' }, items: null };
  assert.deepEqual(await listWith(scriptedClient({ list: response(200, nothing) })), empty);
});

test('follows continue tokens to the last page', async () => {
  const client = scriptedClient(
    { list: page(5, 'one', object('a', 'u1', 1)) },
    { list: page(5, 'two', object('b', 'u2', 2)) },
    { list: list(5, object('c', 'u3', 3)) },
  );
  const { items, resourceVersion } = await listWith(client);
  assert.deepEqual(items, [item('a', 'u1', 1), item('b', 'u2', 2), item('c', 'u3', 3)]);
  assert.equal(resourceVersion, '5');
  assert.deepEqual(queries(client), [
    { limit: LIMIT },
    { limit: LIMIT, continue: 'one' },
    { limit: LIMIT, continue: 'two' },
  ]);
});

test('an expired continue token leads to one list without pages, with each item once', async () => {
  const client = scriptedClient(
    { list: page(5, 'one', object('a', 'u1', 1)) },
    { list: page(5, 'two', object('b', 'u2', 2)) },
    { list: failure(410, {}, { reason: 'Expired' }) },
    { list: list(9, object('b', 'u2', 2), object('c', 'u3', 8)) },
  );
  assert.deepEqual(await listWith(client), {
    items: [item('b', 'u2', 2), item('c', 'u3', 8)],
    resourceVersion: '9',
  });
  assert.deepEqual(queries(client).slice(2), [{ limit: LIMIT, continue: 'two' }, {}]);
});

test('a list without pages that expires too is a failure', async () => {
  const client = scriptedClient({ list: failure(410) }, { list: failure(410) });
  await assert.rejects(listWith(client), DevMachineError);
  assert.equal(client.requests.length, 2);
});

test('refusals become domain errors', async () => {
  const cases = [
    [failure(403), { code: 'forbidden' }],
    [failure(401), { code: 'cluster-unavailable' }],
    [failure(404), { code: 'cluster-unavailable' }],
    [failure(500), { code: 'cluster-unavailable' }],
    [failure(504), { code: 'cluster-timeout' }],
    [failure(429, { 'retry-after': '7' }), { code: 'too-many-requests', retryAfterSeconds: 7 }],
  ] as const;
  for (const [refusal, expected] of cases) {
    const client = scriptedClient({ list: refusal });
    await assert.rejects(listWith(client), { name: 'DevMachineError', ...expected });
    assert.equal(client.requests.length, 1);
  }
});

test('a refused later page fails the whole list', async () => {
  const client = scriptedClient({ list: page(5, 'one', object('a', 'u1', 1)) }, { list: failure(500) });
  await assert.rejects(listWith(client), { code: 'cluster-unavailable' });
});

test('its signal aborts it', async () => {
  const stop = new AbortController();
  const client = scriptedClient({ list: page(5, 'one') });
  const listing = listWith(client, stop);
  await client.finished;
  const reason = new Error('stopped');
  stop.abort(reason);
  await assert.rejects(listing, reason);
});

test('a body that is not a list is a failure, not an empty list', async () => {
  for (const body of ['<html>', null, {}, { metadata: {}, items: [] }]) {
    await assert.rejects(listWith(scriptedClient({ list: response(200, body) })), {
      code: 'cluster-unavailable',
    });
  }
});

/** A page with its unparsed text, in which the API server puts the token in one of two places. */
const unparsed = (text: string) => ({ ...response(200, JSON.parse(text)), text });
const CUSTOM =
  '{"apiVersion":"v1","items":[],"kind":"List","metadata":{"continue":"next","resourceVersion":"5"}}';
const BUILT_IN =
  '{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"5","continue":"next"},"items":[]}';
const LAST = '{"items":[],"metadata":{"continue":"","resourceVersion":"5"}}';

test('requests the next page before parsing the present one', async () => {
  for (const text of [CUSTOM, BUILT_IN]) {
    const client = scriptedClient({ list: unparsed(text) }, { list: unparsed(LAST) });
    const requestsAtParse: number[] = [];
    const send = client.request;
    client.request = async (request) => {
      const page = await send(request);
      const { body } = page;
      return Object.defineProperty({ ...page }, 'body', {
        get() {
          requestsAtParse.push(client.requests.length);
          return body;
        },
      });
    };
    await listWith(client);
    assert.deepEqual(requestsAtParse, [2, 2], text);
    assert.equal(client.requests[1]?.query?.['continue'], 'next');
  }
});

test('reports each object and page on arrival, including those of a list that then expires', async () => {
  const client = scriptedClient(
    { list: page(5, 'one', object('a', 'u1', 1), object('b', 'u2', 2)) },
    { list: response(410, failure(410, 'Expired')) },
    { list: list(6, object('b', 'u2', 2)) },
  );
  const arrived: string[] = [];
  const { signal } = new AbortController();
  const onItem = ({ name }: Stored) => arrived.push(name);
  const onPage = () => arrived.push('page');
  await listAll({ client, path: '/path', transform, signal, onItem, onPage });
  assert.deepEqual(arrived, ['a', 'b', 'page', 'b', 'page']);
});

test('a field of an item that looks like a continue token is not followed', async () => {
  const misleading =
    '{"items":[{"metadata":{"continue":"wrong"}}],"metadata":{"resourceVersion":"5","continue":"right"}}';
  const client = scriptedClient(
    { list: unparsed(misleading) },
    { list: page(5, '', object('x', 'u', 1)) },
    { list: page(5, '', object('a', 'u1', 1)) },
  );
  const { signal } = new AbortController();
  const { items } = await listAll({ client, path: '/path', transform: (value) => value, signal });
  assert.deepEqual(
    client.requests.slice(1).map(({ query }) => query?.['continue']),
    ['wrong', 'right'],
  );
  assert.deepEqual(items.at(-1), object('a', 'u1', 1));
});
