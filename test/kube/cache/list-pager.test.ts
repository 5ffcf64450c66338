import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { listAll, PAGE_SIZE } from '../../../src/kube/cache/list-pager.ts';
import {
  failure,
  item,
  list,
  object,
  response,
  type Scripted,
  scripted,
  transform,
} from '../support/scripted.ts';

const read = (client: Scripted, { signal } = new AbortController()) =>
  listAll({ client, path: '/path', transform, signal });

const page = (version: number, token: string, ...items: object[]) =>
  response(200, { metadata: { resourceVersion: String(version), continue: token }, items });

const queries = ({ requests }: Scripted) => requests.map(({ query }) => query);

const LIMIT = String(PAGE_SIZE);

test('a list of one page', async () => {
  const client = scripted({ list: page(5, '', object('a', 'u1', 3), object('b', 'u2', 4)) });
  assert.deepEqual(await read(client), {
    items: [item('a', 'u1', 3), item('b', 'u2', 4)],
    resourceVersion: '5',
  });
  // Without a resourceVersion: with 0 the API server ignores the limit.
  assert.deepEqual(queries(client), [{ limit: LIMIT }]);
  assert.equal(client.requests[0]?.path, '/path');
});

test('a list without items', async () => {
  const none = { items: [], resourceVersion: '5' };
  assert.deepEqual(await read(scripted({ list: list(5) })), none);
  assert.deepEqual(
    await read(scripted({ list: response(200, { metadata: { resourceVersion: '5' } }) })),
    none,
  );
});

test('the pages are followed to the last', async () => {
  const client = scripted(
    { list: page(5, 'one', object('a', 'u1', 1)) },
    { list: page(5, 'two', object('b', 'u2', 2)) },
    { list: list(5, object('c', 'u3', 3)) },
  );
  const { items, resourceVersion } = await read(client);
  assert.deepEqual(items, [item('a', 'u1', 1), item('b', 'u2', 2), item('c', 'u3', 3)]);
  assert.equal(resourceVersion, '5');
  assert.deepEqual(queries(client), [
    { limit: LIMIT },
    { limit: LIMIT, continue: 'one' },
    { limit: LIMIT, continue: 'two' },
  ]);
});

test('an expired token means one list without pages, with each item once', async () => {
  const client = scripted(
    { list: page(5, 'one', object('a', 'u1', 1)) },
    { list: page(5, 'two', object('b', 'u2', 2)) },
    { list: failure(410, {}, { reason: 'Expired' }) },
    { list: list(9, object('b', 'u2', 2), object('c', 'u3', 8)) },
  );
  assert.deepEqual(await read(client), {
    items: [item('b', 'u2', 2), item('c', 'u3', 8)],
    resourceVersion: '9',
  });
  assert.deepEqual(queries(client).slice(2), [{ limit: LIMIT, continue: 'two' }, {}]);
});

test('a list without pages that has expired too is a failure', async () => {
  const client = scripted({ list: failure(410) }, { list: failure(410) });
  await assert.rejects(read(client), DevMachineError);
  assert.equal(client.requests.length, 2);
});

test('refusals are errors of the domain', async () => {
  const cases = [
    [failure(403), { code: 'forbidden' }],
    [failure(401), { code: 'cluster-unavailable' }],
    [failure(404), { code: 'cluster-unavailable' }],
    [failure(500), { code: 'cluster-unavailable' }],
    [failure(504), { code: 'cluster-timeout' }],
    [failure(429, { 'retry-after': '7' }), { code: 'too-many-requests', retryAfterSeconds: 7 }],
  ] as const;
  for (const [refusal, expected] of cases) {
    const client = scripted({ list: refusal });
    await assert.rejects(read(client), { name: 'DevMachineError', ...expected });
    assert.equal(client.requests.length, 1);
  }
});

test('a refusal of a later page is one of the whole list', async () => {
  const client = scripted({ list: page(5, 'one', object('a', 'u1', 1)) }, { list: failure(500) });
  await assert.rejects(read(client), { code: 'cluster-unavailable' });
});

test('it is stopped by its signal', async () => {
  const stop = new AbortController();
  const client = scripted({ list: page(5, 'one') });
  const reading = read(client, stop);
  await client.finished;
  const reason = new Error('stopped');
  stop.abort(reason);
  await assert.rejects(reading, reason);
});

test('a page that is none is a failure, and no empty list', async () => {
  for (const body of ['<html>', null, {}, { metadata: {}, items: [] }]) {
    await assert.rejects(read(scripted({ list: response(200, body) })), { code: 'cluster-unavailable' });
  }
});

/** A page with its text, as it comes; the token stands where the API server writes it. */
const written = (text: string) => ({ ...response(200, JSON.parse(text)), text });
const CUSTOM =
  '{"apiVersion":"v1","items":[],"kind":"List","metadata":{"continue":"next","resourceVersion":"5"}}';
const BUILT_IN =
  '{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"5","continue":"next"},"items":[]}';
const LAST = '{"items":[],"metadata":{"continue":"","resourceVersion":"5"}}';

test('the next page is asked for before this one has been read', async () => {
  for (const text of [CUSTOM, BUILT_IN]) {
    const client = scripted({ list: written(text) }, { list: written(LAST) });
    const asked: number[] = [];
    const first = client.request;
    client.request = async (request) => {
      const answer = await first(request);
      const { body } = answer;
      return Object.defineProperty({ ...answer }, 'body', {
        get() {
          asked.push(client.requests.length);
          return body;
        },
      });
    };
    await read(client);
    assert.deepEqual(asked, [2, 2], text);
    assert.equal(client.requests[1]?.query?.['continue'], 'next');
  }
});

test('each page is told of as it comes, also those of a list that is then given up', async () => {
  const client = scripted(
    { list: page(5, 'one', object('a', 'u1', 1), object('b', 'u2', 2)) },
    { list: response(410, failure(410, 'Expired')) },
    { list: list(6, object('b', 'u2', 2)) },
  );
  const pages: unknown[] = [];
  const { signal } = new AbortController();
  await listAll({ client, path: '/path', transform, signal, onPage: (items) => pages.push(items) });
  assert.deepEqual(pages, [[item('a', 'u1', 1), item('b', 'u2', 2)], [item('b', 'u2', 2)]]);
});

test('what only looks like a token is not followed', async () => {
  const misleading =
    '{"items":[{"metadata":{"continue":"wrong"}}],"metadata":{"resourceVersion":"5","continue":"right"}}';
  const client = scripted(
    { list: written(misleading) },
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
