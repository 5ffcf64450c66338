import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from 'undici';
import { FakeMachines, serve } from '../../support/fake-machines.ts';

const STATUS = '/api/v1/devmachines/status?name=one&namespace=a';
const LIST = '/api/v1/devmachines?namespace=a';

async function get(url: string, headers: Record<string, string> = {}) {
  const reply = await request(url, { headers });
  const text = await reply.body.text();
  const { etag, age } = reply.headers;
  return { status: reply.statusCode, etag: String(etag), age, body: text === '' ? {} : JSON.parse(text) };
}

for (const path of [STATUS, LIST]) {
  test(`a document says how old it is: ${path}`, async (t) => {
    const machines = new FakeMachines();
    machines.set('one');
    const { url } = await serve(t, machines);
    const fresh = await get(`${url}${path}`);
    assert.deepEqual([fresh.age, fresh.body.staleSince], ['0', undefined]);

    machines.age = 9_999;
    const older = await get(`${url}${path}`);
    assert.deepEqual([older.age, older.etag, older.body], ['9', fresh.etag, fresh.body]);

    machines.age = 61_500;
    const stale = await get(`${url}${path}`);
    assert.equal(stale.age, '61');
    const { staleSince, ...rest } = stale.body;
    assert.deepEqual(rest, fresh.body);
    const differenceMs = Date.now() - Date.parse(staleSince) - machines.age;
    assert.ok(differenceMs >= 0 && differenceMs < 30_000, staleSince);
    assert.notEqual(stale.etag, fresh.etag);

    // A client with the fresh document receives the stale one, and the fresh one again when the age is back to 0.
    assert.equal((await get(`${url}${path}`, { 'if-none-match': fresh.etag })).status, 200);
    machines.age = 0;
    assert.equal((await get(`${url}${path}`, { 'if-none-match': fresh.etag })).status, 304);
    assert.equal((await get(`${url}${path}`, { 'if-none-match': stale.etag })).status, 200);
  });
}

test('a stale document keeps its ETag while the API server is unreachable', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_500 });
  const machines = new FakeMachines();
  machines.set('one');
  const { url } = await serve(t, machines);
  machines.age = 20_000;
  const stale = await get(`${url}${STATUS}`);
  for (const ms of [1, 100, 5_000]) {
    machines.age += ms;
    t.mock.timers.tick(ms);
    const later = await get(`${url}${STATUS}`, { 'if-none-match': stale.etag });
    assert.deepEqual([later.status, later.age], [304, String(Math.floor(machines.age / 1_000))]);
  }
});
