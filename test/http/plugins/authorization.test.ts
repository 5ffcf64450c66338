import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastify from 'fastify';
import { anyCaller, type Power } from '../../../src/devmachine/caller.ts';
import { authentication } from '../../../src/http/plugins/authentication.ts';
import { authorization } from '../../../src/http/plugins/authorization.ts';

test('a route that does not declare its access cannot be registered', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  await app.register(authentication, { callers: anyCaller({} as Power), rateLimiter: undefined });
  await app.register(authorization, { defaultNamespace: undefined });
  assert.throws(
    () => app.get('/forgotten', async () => 'text'),
    /GET \/forgotten does not declare its access/,
  );
  app.get('/open', { config: { access: 'open' } }, async () => 'text');
  assert.equal((await app.inject('/open')).statusCode, 200);
});
