import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, FakeMachines } from '../../support/fake-machines.ts';

const READ = '/api/v1/devmachines/status?namespace=a&name=one';

test('a request for another host is refused, whatever the path', async (t) => {
  const machines = new FakeMachines();
  machines.set('one');
  const app = await build(t, machines, { allowedHosts: ['localhost', '[::1]', 'ide.example'] });
  const call = (url: string, host: string) => app.inject({ url, headers: { host } });
  for (const host of ['localhost', 'LOCALHOST:1', '[::1]:8080', 'ide.example']) {
    assert.equal((await call(READ, host)).statusCode, 200, host);
  }
  for (const host of ['other.example', 'localhost.example:80', '127.0.0.1']) {
    for (const url of [READ, '/livez', '/nowhere']) {
      const { statusCode, body } = await call(url, host);
      assert.equal(statusCode, 421, `${host}${url}`);
      assert.equal(JSON.parse(body).type, 'urn:devmachine:problem:misdirected-request');
    }
  }
});

test('every host is allowed without a list', async (t) => {
  const machines = new FakeMachines();
  machines.set('one');
  const app = await build(t, machines, { allowedHosts: undefined });
  const { statusCode } = await app.inject({ url: READ, headers: { host: 'any.example' } });
  assert.equal(statusCode, 200);
});
