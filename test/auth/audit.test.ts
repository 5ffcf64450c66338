import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { connect } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { createTeam, EDITOR, VIEWER } from './support/accounts.ts';
import { auditLines, startAuthBackend } from './support/backend.ts';

test('each write and each refusal is one line of the audit log, and no line holds a token', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t, { env: { LOG_READS_EVERY: '1' } });
  const { namespace, accounts } = await createTeam(cluster, { editor: EDITOR, viewer: VIEWER });
  const call = api.as(accounts.editor.token);
  const path = `/api/v1/devmachines?namespace=${namespace}`;
  const body = manifest(EXAMPLE_SPEC, { name: 'one' });
  const GARBAGE = 'garbage-that-must-not-be-logged';
  const responses = [
    await call('POST', `${path}&dryRun=true`, body),
    await call('POST', '/api/v1/devmachines', manifest(EXAMPLE_SPEC, { name: 'one', namespace })),
    await call('GET', path),
    await call('GET', `/api/v1/devmachines/status?namespace=${namespace}&name=missing`),
    await call('POST', `/api/v1/devmachines/stop?namespace=${namespace}&name=one`),
    await call('PUT', path, { ...body, spec: 5 }),
    await api.as(accounts.viewer.token)('DELETE', `${path}&name=one`),
    await api.as(GARBAGE)('GET', path),
    await api.call('DELETE', `${path}&name=${'x'.repeat(300)}`),
    await call('DELETE', `${path}&name=one`),
  ];
  const user = (name: string) => `system:serviceaccount:${namespace}:${name}`;
  const editor = user('editor');
  const of = { namespace, name: 'one' };
  const expected = [
    [0, { user: editor, verb: 'create', ...of, dryRun: true, status: 200 }],
    [1, { user: editor, verb: 'create', ...of, status: 201 }],
    [4, { user: editor, verb: 'patch', ...of, status: 202 }],
    [5, { user: editor, verb: 'patch', ...of, status: 400 }],
    [6, { user: user('viewer'), verb: 'delete', ...of, status: 403 }],
    [7, { user: null, verb: 'list', namespace, status: 401 }],
    [8, { user: null, verb: 'delete', namespace, name: 'x'.repeat(253), status: 401 }],
    [9, { user: editor, verb: 'delete', ...of, status: 202 }],
  ] as const;
  await until('all lines', () => auditLines(api).length >= expected.length);
  const lines = auditLines(api).map(({ reqId, audit }) => ({ reqId, audit }));
  assert.deepEqual(
    lines,
    expected.map(([index, audit]) => ({ reqId: responses[index]?.headers['x-request-id'], audit })),
  );

  const log = api.log.join('');
  const signatures = Object.values(accounts).map(({ token }) => token.split('.')[2] ?? assert.fail());
  for (const secret of [GARBAGE, ...signatures]) assert.ok(!log.includes(secret));
});
