import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { withDeadline } from '../../../src/kube/client/timeout.ts';
import type { RequestClient } from '../../../src/kube/client/transport.ts';
import { setPower } from '../../../src/kube/commands/power.ts';
import { failure, response } from '../support/responses.ts';

const never = new AbortController().signal;
const isTimeout = (error: unknown) => error instanceof DevMachineError && error.code === 'cluster-timeout';

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('work that exceeds the deadline fails with cluster-timeout', async () => {
  await assert.rejects(withDeadline(5, never, untilAborted), isTimeout);
});

test("aborting the caller's signal ends the work with its reason", async () => {
  const caller = new AbortController();
  const running = withDeadline(60_000, caller.signal, untilAborted);
  caller.abort(new Error('aborted'));
  await assert.rejects(running, /aborted/);
});

test('work that ends in time leaves no timer', async () => {
  const { signal } = await withDeadline(60_000, never, async (signal) => ({ signal }));
  await sleep(1);
  assert.equal(signal.aborted, false);
  assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
});

test('an update that conflicts forever ends at the deadline', async () => {
  const metadata = { name: 'a', namespace: 'ns', uid: 'u', resourceVersion: '1', generation: 1 };
  const live = { metadata, spec: { memory: '1Gi' } };
  const busy: RequestClient = {
    request: async ({ method }) => (method === 'PATCH' ? failure(409) : response(200, live)),
  };
  const key = { namespace: 'ns', name: 'a' };
  const update = withDeadline(200, never, (signal) => setPower(busy, key, 'stop', { force: false, signal }));
  await assert.rejects(update, isTimeout);
});
