import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEMPLATES } from '../../src/devmachine/schema/templates.ts';
import { startApi } from '../support/api.ts';

test('the catalogue describes the templates without their commands and authentication settings', async (t) => {
  const api = await startApi(t);
  const { status, headers, body } = await api.call('GET', '/api/v1/templates');
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'max-age=300');
  assert.deepEqual(
    body.items.map(({ name }: { name: string }) => name),
    Object.keys(TEMPLATES),
  );
  const fields = [
    'name',
    'title',
    'description',
    'ide',
    'gpu',
    'image',
    'bringsIde',
    'port',
    'home',
    'recommended',
  ];
  for (const item of body.items) assert.deepEqual(Object.keys(item), fields);
  assert.doesNotMatch(JSON.stringify(body), /PASSWORD|TOKEN|--auth|command/i);

  const unchanged = await api.call('GET', '/api/v1/templates', undefined, {
    'if-none-match': String(headers['etag']),
  });
  assert.deepEqual([unchanged.status, unchanged.body], [304, '']);
});
