import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { anyCaller, type Power } from '../../../src/devmachine/caller.ts';
import { build, FakeMachines } from '../../support/fake-machines.ts';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example.com';
const LIST = '/api/v1/devmachines';
const STOP = '/api/v1/devmachines/stop?namespace=a&name=one';

async function open(t: TestContext, corsOrigins: string[] = []) {
  let writes = 0;
  const machines = {
    setPower: async () => {
      writes++;
      return {};
    },
  };
  const app = await build(
    t,
    new FakeMachines(),
    { corsOrigins },
    undefined,
    anyCaller({ machines } as unknown as Power),
  );
  const call = (method: 'GET' | 'POST' | 'OPTIONS', url: string, headers: Record<string, string>) =>
    app.inject({ method, url, headers });
  return { call, writes: () => writes };
}

const preflight = (origin: string) => ({
  origin,
  'access-control-request-method': 'DELETE',
  'access-control-request-headers': 'authorization',
});

test('by default no page of another origin may read anything', async (t) => {
  const { call } = await open(t);
  const response = await call('GET', LIST, { origin: APP, 'sec-fetch-site': 'cross-site' });
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers['access-control-allow-origin'], undefined);
  assert.equal(response.headers['cross-origin-resource-policy'], 'same-origin');
  assert.equal((await call('OPTIONS', LIST, preflight(APP))).statusCode, 404);
});

test('the origins of CORS_ORIGINS may call the API, and no others', async (t) => {
  const { call } = await open(t, [APP]);
  for (const [origin, allowed] of [
    [APP, APP],
    [EVIL, undefined],
    ['null', undefined],
    [`${APP}.evil.example.com`, undefined],
  ] as const) {
    for (const response of [
      await call('GET', LIST, { origin }),
      await call('OPTIONS', LIST, preflight(origin)),
    ]) {
      assert.equal(response.headers['access-control-allow-origin'], allowed, origin);
      assert.equal(response.headers['access-control-allow-credentials'], undefined);
    }
  }
  const { headers } = await call('OPTIONS', LIST, preflight(APP));
  assert.match(String(headers['access-control-allow-methods']), /DELETE/);
  assert.match(String(headers['access-control-allow-headers']), /authorization/);
});

test('a page of another origin changes nothing, although a browser sends its POST', async (t) => {
  const { call, writes } = await open(t, [APP]);
  for (const site of ['cross-site', 'same-site']) {
    const response = await call('POST', STOP, { origin: EVIL, 'sec-fetch-site': site });
    assert.equal(response.statusCode, 403);
    assert.equal(response.json().type, 'urn:devmachine:problem:foreign-origin');
  }
  assert.equal(writes(), 0);
  const accepted = [
    {},
    { 'sec-fetch-site': 'same-origin', origin: 'http://localhost' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'cross-site', origin: APP },
  ];
  for (const headers of accepted) assert.equal((await call('POST', STOP, headers)).statusCode, 202);
  assert.equal(writes(), accepted.length);
});
