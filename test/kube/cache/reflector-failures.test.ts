import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { contents, object, record, transform } from '../support/items.ts';
import { startReflector } from '../support/reflector.ts';
import { bookmark, ended, event, failure, list, refused } from '../support/responses.ts';
import { TestClock } from '../support/timers.ts';

const added = (name: string, uid: string, version: number) => event('ADDED', object(name, uid, version));
/** As a ClusterClient throws it. Its retryAfterSeconds is for callers of the API: the reflector must ignore it. */
const unreachable = new DevMachineError('cluster-unavailable', 'The cluster cannot be reached.', {
  cause: new Error('connect ECONNREFUSED'),
  retryAfterSeconds: 5,
});

test('retries a failed list after waits that double', async (t) => {
  const clock = new TestClock();
  clock.fraction = 1;
  const { store, client, requests } = startReflector(
    t,
    [
      { list: failure(500) },
      { list: failure(403) },
      { list: unreachable },
      { list: () => ({ status: 200, headers: {}, body: 'not JSON' }) },
      { list: list(7) },
    ],
    { clock },
  );
  assert.equal(store.synced, false);
  await client.finished;
  assert.deepEqual(requests(), ['list', 'list', 'list', 'list', 'list', 'watch 7']);
  assert.deepEqual(clock.waits, [800, 1_600, 3_200, 6_400]);
  assert.equal(store.synced, true);
});

test('a collection that is not served is logged once, and listed again when it is served', async (t) => {
  const warnings: string[] = [];
  const log = { info: () => undefined, warn: (_: object, message: string) => warnings.push(message) };
  const notServed = { status: 404, headers: {}, body: '404 page not found' };
  const { client, requests, store } = startReflector(
    t,
    [
      { list: notServed },
      { list: notServed },
      { list: list(7, object('a', 'u1', 6)) },
      { watch: ended(bookmark(8)) },
      { watch: refused(failure(404)) },
      { list: notServed },
      { list: list(9) },
    ],
    { log },
  );
  await client.finished;
  assert.deepEqual(requests(), ['list', 'list', 'list', 'watch 7', 'watch 8', 'list', 'list', 'watch 9']);
  assert.deepEqual(warnings, ['not served by the cluster: no CRD', 'not served by the cluster: no CRD']);
  assert.deepEqual(contents(store), []);
});

test('honours Retry-After of lists and watches, in the header and in the stream', async (t) => {
  const clock = new TestClock();
  clock.fraction = 0;
  const { client, requests } = startReflector(
    t,
    [
      { list: failure(429, { 'retry-after': '3' }) },
      { list: list(7) },
      { watch: refused(failure(429, { 'retry-after': '4' })) },
      {
        watch: ended(
          added('a', 'u1', 8),
          event('ERROR', { kind: 'Status', code: 429, details: { retryAfterSeconds: 5 } }),
        ),
      },
    ],
    { clock },
  );
  await client.finished;
  assert.deepEqual(requests(), ['list', 'list', 'watch 7', 'watch 7', 'watch 8']);
  assert.deepEqual(clock.waits, [3_000, 4_000, 5_000]);
});

const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
const tooLarge = { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } };

for (const [what, watch] of [
  ['HTTP 410', refused(failure(410))],
  ['410 in the stream', ended(added('c', 'u3', 8), event('ERROR', expired))],
  ['HTTP 504', refused(failure(504))],
  ['"too large resource version"', refused(failure(500, {}, tooLarge))],
] as const) {
  test(`${what} on a watch leads to a new list, which deletes the objects missing from it`, async (t) => {
    const { store, client, requests } = startReflector(t, [
      { list: list(7, object('a', 'u1', 3), object('b', 'u2', 4)) },
      { watch },
      { list: list(20, object('b', 'u2', 15)) },
    ]);
    const deltas = record(store);
    await client.finished;
    assert.deepEqual(requests(), ['list', 'watch 7', 'list', 'watch 20']);
    assert.ok(deltas.includes('deleted a u1 3'));
    assert.deepEqual(contents(store), ['b u2 15']);
  });
}

test('a bookmark of an older version means that the cluster was restored, and leads to a new list', async (t) => {
  const { store, client, requests } = startReflector(t, [
    { list: list(100, object('a', 'u1', 90), object('b', 'u2', 100)) },
    { watch: ended(bookmark(60)) },
    { list: list(61, object('a', 'u1', 40)) },
  ]);
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 100', 'list', 'watch 61']);
  assert.deepEqual(contents(store), ['a u1 40']);
});

test('does not watch between an expired version and the next successful list', async (t) => {
  const { client, requests } = startReflector(t, [
    { list: list(7) },
    { watch: refused(failure(410)) },
    { list: failure(500) },
    { list: unreachable },
    { list: list(20) },
  ]);
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'list', 'list', 'list', 'watch 20']);
});

test('an expired version resets the backoff, unless the version of the next list expires too', async (t) => {
  const clock = new TestClock();
  const { client } = startReflector(
    t,
    [
      { list: list(7) },
      ...[1, 2, 3, 4].map(() => ({ watch: refused(failure(500)) })),
      { watch: refused(failure(410)) },
      { list: list(20) },
      { watch: refused(failure(410)) },
      { list: list(30) },
      { watch: refused(failure(410)) },
      { list: list(40) },
    ],
    { clock },
  );
  await client.finished;
  assert.deepEqual(clock.waits, [400, 800, 1600, 3200, 400, 800, 1600]);
});

test('an error in the stream leads to a wait and a new watch from the last version', async (t) => {
  const clock = new TestClock();
  const { store, client, requests } = startReflector(
    t,
    [
      { list: list(7, object('a', 'u1', 3)) },
      { watch: ended(added('b', 'u2', 9), event('ERROR', { kind: 'Status', code: 500 })) },
    ],
    { clock },
  );
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 9']);
  assert.deepEqual(clock.waits, [400]);
  assert.deepEqual(contents(store), ['a u1 3', 'b u2 9']);
});

test('retries a watch that cannot be opened from the same version', async (t) => {
  const clock = new TestClock();
  const { client, requests } = startReflector(
    t,
    [
      { list: list(7) },
      { watch: unreachable },
      { watch: refused(failure(401)) },
      { watch: refused(failure(403)) },
    ],
    { clock },
  );
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 7', 'watch 7', 'watch 7']);
  assert.deepEqual(clock.waits, [400, 800, 1_600]);
});

test('a watch that is closed immediately counts as a failure', async (t) => {
  const clock = new TestClock();
  clock.fraction = 1;
  const { client, requests } = startReflector(
    t,
    [{ list: list(7) }, { watch: ended() }, { watch: ended() }, { watch: ended() }],
    { clock },
  );
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 7', 'watch 7', 'watch 7']);
  assert.deepEqual(clock.waits, [800, 1_600, 3_200]);
});

test('a line that is not JSON leads to a wait and a new watch, and the store keeps its items', async (t) => {
  const clock = new TestClock();
  const { store, client, requests } = startReflector(
    t,
    [
      { list: list(7, object('a', 'u1', 3)) },
      { watch: ended(added('b', 'u2', 8), '<html>\n', added('c', 'u3', 9)) },
      { watch: ended(added('c', 'u3', 9)) },
    ],
    { clock },
  );
  const deltas = record(store);
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 8', 'watch 9']);
  assert.equal(clock.waits.length, 1);
  assert.deepEqual(deltas, ['added a u1 3', 'added b u2 8', 'added c u3 9']);
});

test('an object that cannot be transformed is not skipped', async (t) => {
  let broken = true;
  const { store, client, requests } = startReflector(
    t,
    [
      { list: list(7) },
      { watch: ended(added('a', 'u1', 8), added('b', 'u2', 9)) },
      { watch: ended(added('b', 'u2', 9)) },
    ],
    {
      transform: (value) => {
        if (broken && transform(value).name === 'b') {
          broken = false;
          throw new TypeError('cannot transform it');
        }
        return transform(value);
      },
    },
  );
  await client.finished;
  assert.deepEqual(requests(), ['list', 'watch 7', 'watch 8', 'watch 9']);
  assert.deepEqual(contents(store), ['a u1 8', 'b u2 9']);
});

test('the backoff starts over after two minutes without a failure', async (t) => {
  const clock = new TestClock();
  clock.fraction = 1;
  const failAfter = (ms: number) => () => {
    clock.time += ms;
    return ended(bookmark(7), event('ERROR', { kind: 'Status', code: 500 }));
  };
  const { client } = startReflector(
    t,
    [
      { list: list(7) },
      { watch: failAfter(0) },
      { watch: failAfter(119_000) },
      { watch: failAfter(121_000) },
      { watch: failAfter(0) },
    ],
    { clock },
  );
  await client.finished;
  assert.deepEqual(clock.waits, [800, 1_600, 800, 1_600]);
});
