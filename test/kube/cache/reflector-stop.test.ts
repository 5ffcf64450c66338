import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { runReflector } from '../../../src/kube/cache/reflector.ts';
import { systemClock } from '../../../src/kube/client/clock.ts';
import { newStore, object, transform } from '../support/items.ts';
import { startReflector } from '../support/reflector.ts';
import { event, failure, list, open } from '../support/responses.ts';
import { scriptedClient } from '../support/scripted-client.ts';
import { pendingTimers } from '../support/timers.ts';

/** Aborted in any state, the reflector ends immediately and leaves no timer behind. */

test('stops during a list', async (t) => {
  const { client, store, stop } = startReflector(t, []);
  await client.finished;
  await stop();
  assert.equal(store.synced, false);
  assert.equal(client.requests.length, 1);
});

test('stops during a wait', async (t) => {
  const before = pendingTimers();
  const steps = [{ list: failure(429, { 'retry-after': '3600' }) }];
  const { client, failed, stop } = startReflector(t, steps, { clock: systemClock });
  await failed;
  await setImmediate();
  assert.equal(pendingTimers(), before + 1);
  await stop();
  assert.equal(pendingTimers(), before);
  assert.equal(client.requests.length, 1);
});

test('stops during a watch', async (t) => {
  const before = pendingTimers();
  const watch = open(event('ADDED', object('a', 'u1', 8)));
  const { store, stop } = startReflector(t, [{ list: list(7) }, { watch }]);
  await new Promise<void>((resolve) => store.subscribe(() => resolve()));
  assert.equal(pendingTimers(), before + 1);
  await stop();
  assert.equal(pendingTimers(), before);
  assert.ok(watch.body.destroyed);
  assert.equal(store.get('ns', 'a')?.uid, 'u1');
});

test('stops while a watch is being opened', async (t) => {
  const before = pendingTimers();
  const { client, stop } = startReflector(t, [{ list: list(7) }]);
  await client.finished;
  await stop();
  assert.equal(pendingTimers(), before);
});

test('stops when a subscriber stops it', async (t) => {
  const watch = open(event('ADDED', object('a', 'u1', 8)), event('ADDED', object('b', 'u2', 9)));
  const { store, stop } = startReflector(t, [{ list: list(7) }, { watch }]);
  await new Promise<void>((resolve) => store.subscribe(() => resolve(stop())));
  assert.ok(watch.body.destroyed);
});

test('sends no request when it is stopped before it starts', async () => {
  const client = scriptedClient();
  const log = { info: () => undefined, warn: () => assert.fail('unexpected warning') };
  const options = { client, path: '/path', transform, store: newStore(), clock: systemClock, log };
  await runReflector(options, AbortSignal.abort());
  assert.equal(client.requests.length, 0);
});
