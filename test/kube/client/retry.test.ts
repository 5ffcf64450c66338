import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { withRetries } from '../../../src/kube/client/retry.ts';
import type { KubeRequest, KubeResponse, RequestClient } from '../../../src/kube/client/transport.ts';
import { failure, response } from '../support/responses.ts';
import { TestClock } from '../support/timers.ts';

const signal = new AbortController().signal;
const GET: KubeRequest = { path: '/x', signal };
const APPLY: KubeRequest = { method: 'PATCH', path: '/x', retryable: true, signal };
const PLAIN: KubeRequest = { method: 'DELETE', path: '/x', signal };
const unavailable = () => new DevMachineError('cluster-unavailable', 'The cluster cannot be reached.');
const timedOut = () => new DevMachineError('cluster-timeout', 'The cluster did not answer in time.');

/** Sends one request to a cluster that returns these results, and then always 200. */
async function send(request: KubeRequest, ...results: (KubeResponse | Error)[]) {
  const clock = new TestClock();
  let attempts = 0;
  const cluster: RequestClient = {
    request: async () => {
      const result = results[attempts++] ?? response(200, {});
      if (result instanceof Error) throw result;
      return result;
    },
  };
  const outcome = await withRetries(cluster, clock)
    .request(request)
    .then(
      ({ status }) => status,
      (error: DevMachineError) => error.code,
    );
  return { outcome, attempts, waits: clock.waits };
}

test('retries a failed request that is safe to retry, after waits that double', async () => {
  const expected = { outcome: 200, attempts: 4, waits: [50, 100, 200] };
  for (const request of [GET, APPLY]) {
    assert.deepEqual(await send(request, failure(500), failure(503), failure(504)), expected);
    assert.deepEqual(await send(request, unavailable(), unavailable(), failure(502)), expected);
  }
});

test('gives up after four attempts', async () => {
  assert.deepEqual(await send(GET, ...Array(4).fill(failure(503))), {
    outcome: 503,
    attempts: 4,
    waits: [50, 100, 200],
  });
  assert.equal(
    (await send(GET, unavailable(), unavailable(), unavailable(), unavailable())).outcome,
    'cluster-unavailable',
  );
});

test('does not retry a failed request that may have taken effect and is not safe to retry', async () => {
  for (const result of [failure(500), failure(503), unavailable()]) {
    assert.equal((await send(PLAIN, result)).attempts, 1);
  }
});

test('retries any request that the API server throttled', async () => {
  assert.deepEqual(await send(PLAIN, failure(429)), { outcome: 200, attempts: 2, waits: [50] });
});

test('does not retry refusals and timeouts', async () => {
  for (const status of [400, 401, 403, 404, 409, 410, 422]) {
    assert.deepEqual(await send(GET, failure(status)), { outcome: status, attempts: 1, waits: [] });
  }
  assert.deepEqual(await send(GET, timedOut()), { outcome: 'cluster-timeout', attempts: 1, waits: [] });
});

test('honours Retry-After, and passes on a long one', async () => {
  const throttled = (seconds: string) => failure(429, { 'retry-after': seconds });
  assert.deepEqual((await send(APPLY, throttled('1'))).waits, [1_050]);
  assert.deepEqual(await send(APPLY, throttled('30')), { outcome: 429, attempts: 1, waits: [] });
});

test('the retry budget limits retries to 20 % of the requests in the long run', async () => {
  let sent = 0;
  const cluster: RequestClient = {
    request: async () => {
      sent++;
      return failure(503);
    },
  };
  const client = withRetries(cluster, new TestClock());
  for (let count = 0; count < 1_000; count++) await client.request(GET);
  assert.ok(sent > 1_190 && sent <= 1_220, `${sent}`);
});

test('aborting the request ends the wait', async () => {
  const caller = new AbortController();
  const clock = new TestClock();
  clock.sleep = async () => caller.abort(new Error('aborted'));
  const cluster: RequestClient = {
    request: async () => failure(503),
  };
  await assert.rejects(withRetries(cluster, clock).request({ ...GET, signal: caller.signal }), /aborted/);
});
