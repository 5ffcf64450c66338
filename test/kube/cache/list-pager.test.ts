import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { listAll, PAGE_SIZE } from '../../../src/kube/cache/list-pager.ts';
import {
  failure,
  item,
  list,
  object,
  reply,
  type Scripted,
  scripted,
  transform,
} from '../support/scripted.ts';

const read = (connection: Scripted, { signal } = new AbortController()) =>
  listAll(connection, '/path', transform, signal);

const page = (version: number, token: string, ...items: object[]) =>
  reply(200, { metadata: { resourceVersion: String(version), continue: token }, items });

const queries = ({ requests }: Scripted) => requests.map(({ query }) => query);

const LIMIT = String(PAGE_SIZE);

test('a list of one page', async () => {
  const connection = scripted({ list: page(5, '', object('a', 'u1', 3), object('b', 'u2', 4)) });
  assert.deepEqual(await read(connection), {
    items: [item('a', 'u1', 3), item('b', 'u2', 4)],
    resourceVersion: '5',
  });
  // Without a resourceVersion: with 0 the API server ignores the limit.
  assert.deepEqual(queries(connection), [{ limit: LIMIT }]);
  assert.equal(connection.requests[0]?.path, '/path');
});

test('a list without items', async () => {
  const none = { items: [], resourceVersion: '5' };
  assert.deepEqual(await read(scripted({ list: list(5) })), none);
  assert.deepEqual(await read(scripted({ list: reply(200, { metadata: { resourceVersion: '5' } }) })), none);
});

test('the pages are followed to the last', async () => {
  const connection = scripted(
    { list: page(5, 'one', object('a', 'u1', 1)) },
    { list: page(5, 'two', object('b', 'u2', 2)) },
    { list: list(5, object('c', 'u3', 3)) },
  );
  const { items, resourceVersion } = await read(connection);
  assert.deepEqual(items, [item('a', 'u1', 1), item('b', 'u2', 2), item('c', 'u3', 3)]);
  assert.equal(resourceVersion, '5');
  assert.deepEqual(queries(connection), [
    { limit: LIMIT },
    { limit: LIMIT, continue: 'one' },
    { limit: LIMIT, continue: 'two' },
  ]);
});

test('an expired token means one list without pages, with each item once', async () => {
  const connection = scripted(
    { list: page(5, 'one', object('a', 'u1', 1)) },
    { list: page(5, 'two', object('b', 'u2', 2)) },
    { list: failure(410, {}, { reason: 'Expired' }) },
    { list: list(9, object('b', 'u2', 2), object('c', 'u3', 8)) },
  );
  assert.deepEqual(await read(connection), {
    items: [item('b', 'u2', 2), item('c', 'u3', 8)],
    resourceVersion: '9',
  });
  assert.deepEqual(queries(connection).slice(2), [{ limit: LIMIT, continue: 'two' }, {}]);
});

test('a list without pages that has expired too is a failure', async () => {
  const connection = scripted({ list: failure(410) }, { list: failure(410) });
  await assert.rejects(read(connection), DevMachineError);
  assert.equal(connection.requests.length, 2);
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
    const connection = scripted({ list: refusal });
    await assert.rejects(read(connection), { name: 'DevMachineError', ...expected });
    assert.equal(connection.requests.length, 1);
  }
});

test('a refusal of a later page is one of the whole list', async () => {
  const connection = scripted({ list: page(5, 'one', object('a', 'u1', 1)) }, { list: failure(500) });
  await assert.rejects(read(connection), { code: 'cluster-unavailable' });
});

test('it is stopped by its signal', async () => {
  const stop = new AbortController();
  const connection = scripted({ list: page(5, 'one') });
  const reading = read(connection, stop);
  await connection.finished;
  const reason = new Error('stopped');
  stop.abort(reason);
  await assert.rejects(reading, reason);
});

test('a page that is none is a failure, and no empty list', async () => {
  for (const body of ['<html>', null, {}, { metadata: {}, items: [] }]) {
    await assert.rejects(read(scripted({ list: reply(200, body) })), { code: 'cluster-unavailable' });
  }
});

/** A page with its text, as it comes; the token stands where the API server writes it. */
const written = (text: string) => ({ ...reply(200, JSON.parse(text)), text });
const CUSTOM =
  '{"apiVersion":"v1","items":[],"kind":"List","metadata":{"continue":"next","resourceVersion":"5"}}';
const BUILT_IN =
  '{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"5","continue":"next"},"items":[]}';
const LAST = '{"items":[],"metadata":{"continue":"","resourceVersion":"5"}}';

test('the next page is asked for before this one has been read', async () => {
  for (const text of [CUSTOM, BUILT_IN]) {
    const connection = scripted({ list: written(text) }, { list: written(LAST) });
    const asked: number[] = [];
    const first = connection.request;
    connection.request = async (request) => {
      const answer = await first(request);
      const { body } = answer;
      return Object.defineProperty({ ...answer }, 'body', {
        get() {
          asked.push(connection.requests.length);
          return body;
        },
      });
    };
    await read(connection);
    assert.deepEqual(asked, [2, 2], text);
    assert.equal(connection.requests[1]?.query?.['continue'], 'next');
  }
});

test('each page is told of as it comes, also those of a list that is then given up', async () => {
  const connection = scripted(
    { list: page(5, 'one', object('a', 'u1', 1), object('b', 'u2', 2)) },
    { list: reply(410, failure(410, 'Expired')) },
    { list: list(6, object('b', 'u2', 2)) },
  );
  const pages: unknown[] = [];
  const { signal } = new AbortController();
  await listAll(connection, '/path', transform, signal, {}, (items) => pages.push(items));
  assert.deepEqual(pages, [[item('a', 'u1', 1), item('b', 'u2', 2)], [item('b', 'u2', 2)]]);
});

test('what only looks like a token is not followed', async () => {
  const misleading =
    '{"items":[{"metadata":{"continue":"wrong"}}],"metadata":{"resourceVersion":"5","continue":"right"}}';
  const connection = scripted(
    { list: written(misleading) },
    { list: page(5, '', object('x', 'u', 1)) },
    { list: page(5, '', object('a', 'u1', 1)) },
  );
  const { items } = await listAll(connection, '/path', (value) => value, new AbortController().signal);
  assert.deepEqual(
    connection.requests.slice(1).map(({ query }) => query?.['continue']),
    ['wrong', 'right'],
  );
  assert.deepEqual(items.at(-1), object('a', 'u1', 1));
});
