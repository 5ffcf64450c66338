import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { runReflector } from '../../../src/kube/cache/reflector.ts';
import { systemClock } from '../../../src/kube/client/clock.ts';
import { reflecting } from '../support/reflecting.ts';
import { event, failure, list, newStore, object, open, scripted, transform } from '../support/scripted.ts';

/** Stopped anywhere, it ends without waiting for anything, and leaves no timer behind. */

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('stopped in a list', async (t) => {
  const { client, store, stop } = reflecting(t, []);
  await client.finished;
  await stop();
  assert.equal(store.synced, false);
  assert.equal(client.requests.length, 1);
});

test('stopped in a wait', async (t) => {
  const before = timers();
  const steps = [{ list: failure(429, { 'retry-after': '3600' }) }];
  const { client, failed, stop } = reflecting(t, steps, { clock: systemClock });
  await failed;
  await setImmediate();
  assert.equal(timers(), before + 1);
  await stop();
  assert.equal(timers(), before);
  assert.equal(client.requests.length, 1);
});

test('stopped in a watch', async (t) => {
  const before = timers();
  const answer = open(event('ADDED', object('a', 'u1', 8)));
  const { store, stop } = reflecting(t, [{ list: list(7) }, { watch: answer }]);
  await new Promise<void>((resolve) => store.subscribe(() => resolve()));
  assert.equal(timers(), before + 1);
  await stop();
  assert.equal(timers(), before);
  assert.ok(answer.body.destroyed);
  assert.equal(store.get('ns', 'a')?.uid, 'u1');
});

test('stopped while a watch is being opened', async (t) => {
  const before = timers();
  const { client, stop } = reflecting(t, [{ list: list(7) }]);
  await client.finished;
  await stop();
  assert.equal(timers(), before);
});

test('stopped by a subscriber', async (t) => {
  const answer = open(event('ADDED', object('a', 'u1', 8)), event('ADDED', object('b', 'u2', 9)));
  const { store, stop } = reflecting(t, [{ list: list(7) }, { watch: answer }]);
  await new Promise<void>((resolve) => store.subscribe(() => resolve(stop())));
  assert.ok(answer.body.destroyed);
});

test('stopped before it began', async () => {
  const client = scripted();
  const log = { info: () => undefined, warn: () => assert.fail('nothing has failed') };
  const options = { client, path: '/path', transform, store: newStore(), clock: systemClock, log };
  await runReflector(options, AbortSignal.abort());
  assert.equal(client.requests.length, 0);
});
