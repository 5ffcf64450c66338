import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { connect } from '../support/cluster.ts';
import { createTeam, EDITOR } from './support/accounts.ts';
import { outcome, startAuthBackend } from './support/backend.ts';

/** What a write does with the rights of its caller. */

test('a write is made by the caller, and owned by the field manager of this API', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(cluster, { editor: EDITOR, creator: ['patch', 'create'] });
  const path = `/api/v1/devmachines?namespace=${namespace}`;
  const call = api.as(accounts.editor.token);
  const created = await call('POST', path, manifest(EXAMPLE_SPEC, { name: 'one' }));
  assert.equal(created.status, 201);
  const { body } = await cluster.request({
    path: `/apis/ide.example.com/v1alpha1/namespaces/${namespace}/devmachines/one`,
    signal: AbortSignal.timeout(10_000),
  });
  const { managedFields } = (body as { metadata: { managedFields: { manager: string }[] } }).metadata;
  assert.deepEqual(
    managedFields.map(({ manager }) => manager),
    ['devmachine-api'],
  );

  // Whoever may create but not read machines learns that the name is taken, but not by what.
  const repeated = await api.as(accounts.creator.token)(
    'POST',
    path,
    manifest(EXAMPLE_SPEC, { name: 'one' }),
  );
  assert.equal(outcome(repeated), '403 forbidden');
  assert.match(repeated.body.detail, / cannot get resource "devmachines"/);
});

test('a purge takes the right to delete, and none over Deployments', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t, { env: { PURGE_TIMEOUT_SECONDS: '1' } });
  const { namespace, accounts } = await createTeam(cluster, { editor: EDITOR, patcher: ['get', 'patch'] });
  const path = `/api/v1/devmachines?namespace=${namespace}`;
  const created = await api.as(accounts.editor.token)('POST', path, manifest(EXAMPLE_SPEC, { name: 'one' }));
  assert.equal(created.status, 201);

  const purge = (token: string) => api.as(token)('DELETE', `${path}&name=one&purge=true`);
  assert.equal(outcome(await purge(accounts.patcher.token)), '403 forbidden');
  const status = await api.as(accounts.editor.token)('GET', path.replace('?', '/status?name=one&'));
  assert.equal(status.body.generation, 1);
  // No operator runs here. That the Deployment says so has been read.
  const refused = await purge(accounts.editor.token);
  assert.equal(outcome(refused), '504 operator-timeout');
  assert.match(refused.body.detail, /the operator has not released the disk/);
});
