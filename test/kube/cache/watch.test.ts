import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ExpiredError, type WatchEvent, watch } from '../../../src/kube/cache/watch.ts';
import type { KubeResponse, KubeStream } from '../../../src/kube/client/transport.ts';
import { object } from '../support/items.ts';
import { bookmark, broken, ended, event, failure, open, refused } from '../support/responses.ts';
import { scriptedClient } from '../support/scripted-client.ts';
import { pendingTimers, TestClock } from '../support/timers.ts';

async function follow(stream: KubeStream, { silenceMs = 60_000, stop = new AbortController() } = {}) {
  const client = scriptedClient({ watch: stream });
  const clock = new TestClock();
  const events: WatchEvent[] = [];
  const options = { clock, silenceMs, signal: stop.signal };
  for await (const event of watch({ client, path: '/path', resourceVersion: '7', ...options }))
    events.push(event);
  return events;
}

const added = (version: number) => event('ADDED', object('a', 'u1', version));
const versions = (events: WatchEvent[]) =>
  events.map(({ object }) => Number(object.metadata.resourceVersion));

test('requests bookmarks, and an end after four to eight minutes', async () => {
  for (const [fraction, seconds] of [
    [0, '240'],
    [0.5, '360'],
    [1 - Number.EPSILON, '480'],
  ] as const) {
    const client = scriptedClient({ watch: ended() });
    const clock = new TestClock();
    clock.fraction = fraction;
    const { signal } = new AbortController();
    await Array.fromAsync(
      watch({ client, path: '/path', resourceVersion: '7', clock, silenceMs: 60_000, signal }),
    );
    assert.equal(client.requests[0]?.path, '/path');
    assert.deepEqual(client.requests[0]?.query, {
      watch: 'true',
      resourceVersion: '7',
      allowWatchBookmarks: 'true',
      timeoutSeconds: seconds,
    });
  }
});

test('yields events of every type unchanged', async () => {
  const events = await follow(
    ended(
      added(8),
      event('MODIFIED', object('a', 'u1', 9)),
      bookmark(10),
      event('DELETED', object('a', 'u1', 11)),
    ),
  );
  assert.deepEqual(
    events.map(({ type }) => type),
    ['ADDED', 'MODIFIED', 'BOOKMARK', 'DELETED'],
  );
  assert.deepEqual(versions(events), [8, 9, 10, 11]);
  assert.deepEqual(events[1]?.object, object('a', 'u1', 9));
});

test('a broken connection ends the watch, and drops an incomplete line', async () => {
  for (const code of [
    'ECONNRESET',
    'ERR_STREAM_PREMATURE_CLOSE',
    'UND_ERR_SOCKET',
    'UND_ERR_ABORTED',
    'EPIPE',
    'ETIMEDOUT',
  ]) {
    const error = Object.assign(new Error(code), { code });
    const events = await follow(broken(error, added(8), added(9).slice(0, 30)));
    assert.deepEqual(versions(events), [8], code);
  }
  assert.deepEqual(versions(await follow(ended(added(8), added(9).slice(0, 30)))), [8]);
});

test('throws an error that does not come from the connection', async () => {
  const bug = Object.assign(new Error('a bug'), { code: 'ERR_OTHER' });
  await assert.rejects(follow(broken(bug, added(8))), bug);
});

test('throws ExpiredError for an expired, gone, timed-out or too large version', async () => {
  const tooLarge = { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } };
  const refusals = [
    failure(410),
    failure(410, {}, { reason: 'Gone' }),
    failure(400, {}, { reason: 'Expired' }),
    failure(504),
    failure(500, {}, tooLarge),
  ];
  for (const refusal of refusals) {
    await assert.rejects(follow(refused(refusal)), ExpiredError);
    await assert.rejects(follow(inStream(refusal)), ExpiredError);
  }
});

test('other refusals become domain errors, before the stream and in it', async () => {
  const cases = [
    [failure(429, {}, { details: { retryAfterSeconds: 3 } }), 'too-many-requests', 3],
    [failure(500), 'cluster-unavailable', undefined],
    [failure(403), 'forbidden', undefined],
  ] as const;
  for (const [refusal, code, retryAfterSeconds] of cases) {
    const expected = { name: 'DevMachineError', code, retryAfterSeconds };
    await assert.rejects(follow(refused(refusal)), expected);
    await assert.rejects(follow(inStream(refusal)), expected);
  }
  await assert.rejects(follow(refused(failure(429, { 'retry-after': '9' }))), { retryAfterSeconds: 9 });
});

test('a refusal without a JSON body becomes a domain error', async () => {
  const badGateway = { status: 502, headers: {}, body: Readable.from([Buffer.from('<h1>Bad Gateway</h1>')]) };
  await assert.rejects(follow(badGateway), {
    code: 'cluster-unavailable',
    message: 'The cluster answered 502.',
  });
});

test('a line that is not an event is a failure', async () => {
  for (const junk of ['junk', '{"type":"ADDED"', 'null', '[]', '7', '{"type":"ADDED"}', event('OTHER', {})]) {
    await assert.rejects(follow(ended(`${junk}\n`, added(8))), /not an event/, junk);
  }
});

test('an empty ERROR event is a failure', async () => {
  await assert.rejects(follow(ended(event('ERROR', {}))), { code: 'cluster-unavailable' });
});

test('silence ends the watch without a failure', async () => {
  const stream = open(added(8));
  assert.deepEqual(versions(await follow(stream, { silenceMs: 5 })), [8]);
  assert.ok(stream.body.destroyed);
});

// Node's mocked timers do not support refresh(), so this test spies on the real ones.
test('every line restarts the silence timeout', async (t) => {
  const refresh = t.mock.method(Object.getPrototypeOf(setTimeout(() => undefined)), 'refresh');
  await follow(ended(added(8), '\n', bookmark(9)));
  assert.equal(refresh.mock.callCount(), 2);
});

test('a refusal whose body never ends is abandoned', async () => {
  const stream = { ...open('{"kind":"Status"'), status: 500 };
  await follow(stream, { silenceMs: 5 }).catch(() => undefined);
  assert.ok(stream.body.destroyed);
});

test('an aborted watch leaves neither a timer nor a stream behind', async () => {
  const before = pendingTimers();
  const stop = new AbortController();
  const stream = open(added(8));
  const following = follow(stream, { stop });
  await setImmediate();
  assert.equal(pendingTimers(), before + 1);
  stop.abort();
  await assert.rejects(following, { name: 'AbortError' });
  assert.equal(pendingTimers(), before);
  assert.ok(stream.body.destroyed);
});

test('a consumer that stops iterating closes the watch', async () => {
  const before = pendingTimers();
  const stream = open(added(8), added(9));
  const { signal } = new AbortController();
  const client = scriptedClient({ watch: stream });
  const options = { clock: new TestClock(), silenceMs: 60_000, signal };
  for await (const _ of watch({ client, path: '/path', resourceVersion: '7', ...options })) break;
  assert.equal(pendingTimers(), before);
  assert.ok(stream.body.destroyed);
});

const inStream = ({ body }: KubeResponse): KubeStream => ended(added(8), event('ERROR', body as object));
