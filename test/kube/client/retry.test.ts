import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { withRetries } from '../../../src/kube/client/retry.ts';
import type { KubeRequest, KubeResponse, RequestClient } from '../../../src/kube/client/transport.ts';
import { failure, response, TestClock } from '../support/scripted.ts';

const signal = new AbortController().signal;
const GET: KubeRequest = { path: '/x', signal };
const APPLY: KubeRequest = { method: 'PATCH', path: '/x', retryable: true, signal };
const PLAIN: KubeRequest = { method: 'DELETE', path: '/x', signal };
const away = () => new DevMachineError('cluster-unavailable', 'The cluster cannot be reached.');
const late = () => new DevMachineError('cluster-timeout', 'The cluster did not answer in time.');

/** Sends one request to a cluster that answers these, and then 200 for ever. */
async function send(request: KubeRequest, ...answers: (KubeResponse | Error)[]) {
  const clock = new TestClock();
  let tries = 0;
  const cluster: RequestClient = {
    request: async () => {
      const answer = answers[tries++] ?? response(200, {});
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const outcome = await withRetries(cluster, clock)
    .request(request)
    .then(
      ({ status }) => status,
      (error: DevMachineError) => error.code,
    );
  return { outcome, tries, waits: clock.waits };
}

test('what failed and is safe to repeat is sent again, after waits that double', async () => {
  const expected = { outcome: 200, tries: 4, waits: [50, 100, 200] };
  for (const request of [GET, APPLY]) {
    assert.deepEqual(await send(request, failure(500), failure(503), failure(504)), expected);
    assert.deepEqual(await send(request, away(), away(), failure(502)), expected);
  }
});

test('after four tries the answer stands', async () => {
  assert.deepEqual(await send(GET, ...Array(4).fill(failure(503))), {
    outcome: 503,
    tries: 4,
    waits: [50, 100, 200],
  });
  assert.equal((await send(GET, away(), away(), away(), away())).outcome, 'cluster-unavailable');
});

test('what may have taken effect and is not safe to repeat is sent once', async () => {
  for (const answer of [failure(500), failure(503), away()]) {
    assert.equal((await send(PLAIN, answer)).tries, 1);
  }
});

test('what the cluster had no time for is sent again, whatever it is', async () => {
  assert.deepEqual(await send(PLAIN, failure(429)), { outcome: 200, tries: 2, waits: [50] });
});

test('refusals, and what took too long, are not sent again', async () => {
  for (const status of [400, 401, 403, 404, 409, 410, 422]) {
    assert.deepEqual(await send(GET, failure(status)), { outcome: status, tries: 1, waits: [] });
  }
  assert.deepEqual(await send(GET, late()), { outcome: 'cluster-timeout', tries: 1, waits: [] });
});

test('Retry-After is kept; a long one is passed on', async () => {
  const asking = (seconds: string) => failure(429, { 'retry-after': seconds });
  assert.deepEqual((await send(APPLY, asking('1'))).waits, [1_050]);
  assert.deepEqual(await send(APPLY, asking('30')), { outcome: 429, tries: 1, waits: [] });
});

test('the budget: a cluster that fails every time gets a fifth more requests, in the long run', async () => {
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

test('who goes away during a wait ends it', async () => {
  const gone = new AbortController();
  const clock = new TestClock();
  clock.sleep = async () => gone.abort(new Error('gone'));
  const cluster: RequestClient = {
    request: async () => failure(503),
  };
  await assert.rejects(withRetries(cluster, clock).request({ ...GET, signal: gone.signal }), /gone/);
});
