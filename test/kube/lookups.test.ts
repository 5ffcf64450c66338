import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ConcurrencyLimiter } from '../../src/kube/client/limiter.ts';
import type { RequestClient } from '../../src/kube/client/transport.ts';
import { Lookups } from '../../src/kube/lookups.ts';

const never = new AbortController().signal;
const KEY = { namespace: 'team', name: 'machine' };

/** Look-ups of which one can run at a time; the test ends each. */
function startLookups() {
  const limiter = new ConcurrencyLimiter({ concurrent: 1, queued: 100, waitMs: 60_000 });
  const client: RequestClient = { request: () => assert.fail('no request') };
  const lookups = new Lookups<number>((signal, work) => limiter.run(signal, () => work(client, signal)));
  const sent: { readonly end: () => void; readonly signal: AbortSignal }[] = [];
  const get = (name: string, signal = never) =>
    lookups.get({ ...KEY, name }, signal, async (_client, shared) => {
      const number = sent.length;
      await new Promise<void>((resolve) => sent.push({ end: resolve, signal: shared }));
      return number;
    });
  return { limiter, sent, get };
}

test('callers share a look-up that has not been sent, and never one that has', async () => {
  const { sent, get } = startLookups();
  const first = get('a');
  assert.equal(sent.length, 1);
  // The first is on its way: what it finds may be older than what these callers have written.
  const later = Array.from({ length: 100 }, () => get('a'));
  const other = get('b');
  sent[0]?.end();
  assert.equal(await first, 0);
  await setImmediate();
  sent[1]?.end();
  assert.deepEqual(await Promise.all(later), Array(100).fill(1));
  await setImmediate();
  sent[2]?.end();
  assert.equal(await other, 2);
  assert.equal(sent.length, 3);
});

test('a caller that leaves does not end the look-up of the others, and the last one does', async () => {
  const { limiter, sent, get } = startLookups();
  const first = get('a');
  const leave = [new AbortController(), new AbortController()];
  const left = leave.map(({ signal }) => get('b', signal));
  leave[0]?.abort(new Error('left'));
  await assert.rejects(left[0] ?? first, /left/);
  sent[0]?.end();
  await first;
  await setImmediate();
  assert.deepEqual([sent.length, sent[1]?.signal.aborted], [2, false]);
  leave[1]?.abort(new Error('left, too'));
  await assert.rejects(left[1] ?? first, /left, too/);
  assert.equal(sent[1]?.signal.aborted, true);

  // One that is not sent yet costs no request.
  const gone = new AbortController();
  const queued = get('c', gone.signal);
  gone.abort(new Error('gone'));
  await assert.rejects(queued, /gone/);
  sent[1]?.end();
  await setImmediate();
  assert.deepEqual([sent.length, limiter.running, limiter.waiting], [2, 0, 0]);
});
