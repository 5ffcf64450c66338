import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../support/until.ts';
import { type Backend, untilSynced, untilWatching, WATCH_COUNT } from './support/backend.ts';
import type { Environment } from './support/environment.ts';
import { WATCHES } from './support/exchange.ts';
import { blackHole, type Fault, throttles } from './support/faults.ts';
import { withBackend } from './support/scenario.ts';

/** Stopping the backend in any state, and reads before the first list. */

/** Everything that stopping could wait for takes 300 s or more. */
const SLOW = {
  silenceMs: 300_000,
  env: { CLUSTER_TIMEOUT_SECONDS: '300', REQUEST_TIMEOUT_SECONDS: '300', SHUTDOWN_TIMEOUT_SECONDS: '300' },
};
/** So a test that takes this long has waited for something. */
const TIMEOUT = { timeout: 60_000 };

const stopAfter = (
  fault: Fault | undefined,
  use: (backend: Backend, environment: Environment) => Promise<void>,
): Promise<void> => {
  const prepare = ({ proxy }: Environment) => fault && proxy.inject(fault);
  return withBackend({ ...SLOW, prepare }, use);
};

const untilRequested = ({ proxy }: Environment) =>
  until('a request to the cluster', () => proxy.requests().length > 0);

test('stops while lists are in flight', TIMEOUT, () =>
  stopAfter(blackHole, (_, environment) => untilRequested(environment)),
);

test('stops while all reflectors wait for Retry-After', TIMEOUT, () =>
  stopAfter(throttles(3_600), ({ warnings }) => until('a warning', () => warnings.length > 0)),
);

test('stops before the first request', TIMEOUT, () => stopAfter(undefined, async () => undefined));

test('stops while watches are open', TIMEOUT, () =>
  stopAfter(undefined, async (backend, environment) => {
    await untilSynced(backend);
    await untilWatching(environment);
  }),
);

test('stops while watches wait for a response', TIMEOUT, () =>
  stopAfter(undefined, async (backend, { proxy }) => {
    proxy.inject(blackHole, WATCHES);
    await untilSynced(backend);
    await until('all watches to be requested', () => proxy.exchanges(WATCHES).length >= WATCH_COUNT);
  }),
);

test('reads before the first list get 503, not 404', TIMEOUT, () =>
  stopAfter(blackHole, async ({ url }, environment) => {
    await untilRequested(environment);
    const { namespace, proxy } = environment;
    const list = `/api/v1/devmachines?namespace=${namespace}`;
    for (const path of [list, `/api/v1/devmachines/status?namespace=${namespace}&name=any`]) {
      const response = await fetch(`${url}${path}`);
      const { type } = (await response.json()) as { type: string };
      assert.deepEqual([response.status, type], [503, 'urn:devmachine:problem:cache-not-synced'], path);
      assert.equal(response.headers.get('retry-after'), '1');
    }
    const get = async (path: string) => {
      const response = await fetch(`${url}${path}`);
      await response.text();
      return response.status;
    };
    assert.equal(await get('/readyz'), 503);
    assert.equal(await get('/livez'), 200);
    await proxy.heal();
    proxy.cut();
    await until('/readyz to respond 200', async () => (await get('/readyz')) === 200);
    assert.equal(await get(list), 200);
  }),
);
