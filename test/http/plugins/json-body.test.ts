import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { build, FakeMachines } from '../../support/fake-machines.ts';

const problemOf = (code: string) => `urn:devmachine:problem:${code}`;
const JSON_TYPE = { 'content-type': 'application/json' };

test('only JSON in UTF-8 that is not compressed is accepted', async (t) => {
  const app = await build(t, new FakeMachines());
  const post = (headers: Record<string, string>, payload = '{}') =>
    app.inject({ method: 'POST', url: '/api/v1/devmachines?namespace=a', headers, payload });
  for (const headers of [
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/yaml' },
    { 'content-type': 'application/json; charset=iso-8859-1' },
    { ...JSON_TYPE, 'content-encoding': 'gzip' },
  ]) {
    const { statusCode, body } = await post(headers);
    assert.deepEqual([statusCode, JSON.parse(body).type], [415, problemOf('unsupported-media-type')]);
  }
  for (const type of ['application/json', 'application/json; charset="UTF-8"']) {
    const { statusCode, body } = await post({ 'content-type': type });
    assert.deepEqual([statusCode, JSON.parse(body).type], [400, problemOf('invalid-request')]);
    assert.ok(JSON.parse(body).errors.length > 0, 'the schema is what it violates');
  }
});

test('a call without a body in its schema refuses one, unless it is a read', async (t) => {
  const machines = new FakeMachines();
  machines.set('one');
  const app = await build(t, machines);
  const target = 'namespace=a&name=one';
  const call = async (options: InjectOptions) => {
    const { statusCode, body } = await app.inject({ headers: JSON_TYPE, payload: '{}', ...options });
    return [statusCode, JSON.parse(body).detail];
  };
  for (const options of [
    { method: 'DELETE', url: `/api/v1/devmachines?${target}` },
    { method: 'POST', url: `/api/v1/devmachines/stop?${target}` },
    { method: 'POST', url: `/api/v1/devmachines/restart?${target}` },
  ] as const) {
    assert.deepEqual(await call(options), [400, 'This call takes no body.']);
  }
  assert.equal((await call({ method: 'GET', url: `/api/v1/devmachines/status?${target}` }))[0], 200);
  assert.equal((await call({ method: 'POST', url: '/nowhere' }))[0], 404);
});
