import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, request } from 'undici';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { openEnvironment } from '../faults/support/environment.ts';
import { bearer } from '../support/api.ts';
import { connect, createToken } from '../support/cluster.ts';
import { createTeam, deleteAccount, EDITOR, expiringAt, VIEWER } from './support/accounts.ts';
import { outcome, startAuthBackend } from './support/backend.ts';

/** Which credentials count, with a backend that has the administrator's client certificate. */

const TEMPLATES = '/api/v1/templates';

test('a request without a bearer token is refused without asking the cluster', async (t) => {
  const environment = await openEnvironment();
  t.after(() => environment.close());
  const api = await startAuthBackend(t, { kubeconfig: environment.kubeconfig });
  const values = [
    '',
    'Bearer',
    'Bearer ',
    'Basic YWRtaW46YWRtaW4=',
    'Token abc',
    'Bearer a b',
    'Bearer a,b',
    'Bearer  abc',
    'bearer\tabc',
  ];
  for (const headers of [{}, ...values.map((authorization) => ({ authorization }))]) {
    const response = await api.call('GET', TEMPLATES, undefined, headers);
    assert.equal(outcome(response), '401 unauthenticated', JSON.stringify(headers));
    assert.equal(response.headers['www-authenticate'], 'Bearer');
  }
  assert.equal(environment.proxy.requests({ path: '/selfsubject' }).length, 0);
});

test('a token that the cluster refuses is refused, although the backend has a client certificate', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(cluster, { editor: EDITOR });
  const { editor } = accounts;
  const deleted = (await createTeam(cluster, { leaver: EDITOR })).accounts.leaver;
  await deleteAccount(cluster, deleted);

  const HOUR = 3_600_000;
  const refused = {
    garbage: 'garbage',
    unsigned: `${editor.token.split('.').slice(0, 2).join('.')}.`,
    'of another audience': await createToken(cluster, editor, { audiences: ['vault'] }),
    expired: expiringAt(editor.token, Date.now() - HOUR),
    'of a deleted account': deleted.token,
  };
  const body = manifest(EXAMPLE_SPEC, { name: 'one' });
  for (const [what, token] of Object.entries(refused)) {
    const call = api.as(token);
    for (const path of [TEMPLATES, `/api/v1/devmachines?namespace=${namespace}`])
      assert.equal(outcome(await call('GET', path)), '401 unauthenticated', what);
    const write = await call('POST', `/api/v1/devmachines?namespace=${namespace}`, body);
    assert.equal(outcome(write), '401 unauthenticated', what);
  }
  // The same signature is accepted, so it is the time that is not.
  const valid = expiringAt(editor.token, Date.now() + HOUR);
  assert.equal((await api.as(valid)('GET', TEMPLATES)).status, 200);
  const scheme = await api.call('GET', TEMPLATES, undefined, { authorization: `bEARER ${editor.token}` });
  assert.equal(scheme.status, 200);
});

test('headers that claim an identity change nothing', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(cluster, { viewer: VIEWER });
  const other = await createTeam(cluster, { editor: EDITOR });
  const claims = {
    'impersonate-user': 'devmachine-admin',
    'impersonate-group': 'system:masters',
    'x-remote-user': 'devmachine-admin',
    'x-remote-group': 'system:masters',
    'x-forwarded-user': 'devmachine-admin',
    'x-forwarded-access-token': other.accounts.editor.token,
    'kubeflow-userid': 'devmachine-admin',
    cookie: `authorization=${other.accounts.editor.token}`,
  };
  const list = (namespaceOfList: string, headers: Record<string, string>) =>
    api.call('GET', `/api/v1/devmachines?namespace=${namespaceOfList}`, undefined, headers);
  assert.equal(outcome(await list(other.namespace, claims)), '401 unauthenticated');
  const viewer = { ...claims, ...bearer(accounts.viewer.token) };
  assert.equal((await list(namespace, viewer)).status, 200);
  assert.equal(outcome(await list(other.namespace, viewer)), '403 forbidden');
  const body = manifest(EXAMPLE_SPEC, { name: 'one' });
  const write = await api.call('POST', `/api/v1/devmachines?namespace=${namespace}`, body, viewer);
  assert.equal(outcome(write), '403 forbidden');
  const user = `system:serviceaccount:${namespace}:viewer`;
  assert.match(write.body.detail, new RegExp(`User "${user}" cannot patch resource "devmachines"`));

  // The first of two Authorization headers counts, as in Node.js.
  const agent = new Agent();
  t.after(() => agent.close());
  const twice = await request(`${api.url}/api/v1/devmachines?namespace=${other.namespace}`, {
    dispatcher: agent,
    headers: [
      ...['authorization', `Bearer ${accounts.viewer.token}`],
      ...['authorization', `Bearer ${other.accounts.editor.token}`],
    ],
  });
  await twice.body.dump();
  assert.ok([400, 403].includes(twice.statusCode), String(twice.statusCode));
});
