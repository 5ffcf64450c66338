import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller, Callers, Power } from '../../../src/devmachine/caller.ts';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { addressKey, RateLimiter } from '../../../src/http/plugins/rate-limit.ts';
import { build, FakeMachines } from '../../support/fake-machines.ts';

test('a key may send a minute of requests at once, and then one for each that has become free', () => {
  const limiter = new RateLimiter(60);
  for (let count = 0; count < 60; count++) limiter.take('a', 1_000);
  assert.throws(() => limiter.take('a', 1_000), { code: 'too-many-requests', retryAfterSeconds: 1 });
  assert.throws(() => limiter.take('a', 1_999), DevMachineError);
  limiter.take('b', 1_000);
  limiter.take('a', 2_000);
  assert.throws(() => limiter.take('a', 2_000), DevMachineError);
  for (let count = 0; count < 60; count++) limiter.take('a', 1_000_000);
});

test('the room for keys is bounded', () => {
  const limiter = new RateLimiter(60);
  for (let key = 0; key < 50_000; key++) limiter.take(`key ${key}`, 0);
  assert.equal(limiter.size, 20_000);
});

test('an IPv6 address counts as its network', () => {
  for (const [address, key] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ] as const)
    assert.equal(addressKey(address), key, address);
});

/** Callers whose names are their tokens; `new …` is known only to the cluster, and `bad` to nobody. */
function callersByName(): Callers {
  const caller = (name: string): Caller => ({
    ...({} as Power),
    name,
    recheckMs: undefined,
    authorize: () => undefined,
    namespaces: async (all) => all,
  });
  return {
    known: (name) => (name === undefined || /^(new|bad)/.test(name) ? undefined : caller(name)),
    authenticate: async (name) => {
      if (name !== undefined && name !== 'bad') return caller(name);
      throw new DevMachineError('unauthenticated', 'Who are you?');
    },
  };
}

test('a known user has a limit of their own; everybody else has that of their address', async (t) => {
  const config = { rateLimitPerMinute: 2, trustProxy: ['127.0.0.1'] };
  const app = await build(t, new FakeMachines(), config, undefined, callersByName());
  const call = async (authorization: string | undefined, from = '192.0.2.1', url = '/api/v1/templates') => {
    const headers = { 'x-forwarded-for': from, ...(authorization !== undefined && { authorization }) };
    const response = await app.inject({ url, headers });
    return [response.statusCode, response.headers['retry-after']];
  };
  assert.deepEqual(await call('alice'), [200, undefined]);
  assert.deepEqual(await call('alice'), [200, undefined]);
  assert.deepEqual(await call('alice', '192.0.2.2'), [429, '30']);
  assert.deepEqual(await call('bob'), [200, undefined]);

  assert.deepEqual(await call('bad'), [401, undefined]);
  assert.deepEqual(await call('new one'), [200, undefined]);
  assert.deepEqual(await call(undefined), [429, '30']);
  assert.deepEqual(await call('new other'), [429, '30']);
  assert.deepEqual(await call('bad', '192.0.2.2'), [401, undefined]);
  // Probes have no limit.
  for (let count = 0; count < 5; count++)
    assert.deepEqual(await call(undefined, '192.0.2.1', '/livez'), [200, undefined]);
});

test('without TRUST_PROXY, the address is that of the connection', async (t) => {
  const app = await build(t, new FakeMachines(), { rateLimitPerMinute: 1 }, undefined, callersByName());
  const call = async (from: string) =>
    (await app.inject({ url: '/api/v1/templates', headers: { 'x-forwarded-for': from } })).statusCode;
  assert.deepEqual([await call('192.0.2.1'), await call('192.0.2.2')], [401, 429]);
});
