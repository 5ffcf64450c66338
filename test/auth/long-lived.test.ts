import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { openEnvironment } from '../faults/support/environment.ts';
import { connect } from '../support/cluster.ts';
import { isSynced, openStream, type Stream } from '../support/streams.ts';
import { until } from '../support/until.ts';
import { createTeam, deleteAccount, EDITOR, revoke, VIEWER } from './support/accounts.ts';
import { type AuthBackend, auditLines, bearer, outcome, startAuthBackend } from './support/backend.ts';

/** Event streams and waits for a phase end with the right to them. */

/** Longer than a busy machine delays a timer or an answer. */
const SHORT = { allowedMs: 500, refusedMs: 500, recheckMs: 2_000 };

async function follow(t: TestContext, api: AuthBackend, namespace: string, token: string): Promise<Stream> {
  const stream = await openStream(t, api.url, { namespace }, undefined, bearer(token));
  await stream.until(isSynced);
  return stream;
}

test('a stream ends when the role is withdrawn, and when the account is deleted; others go on', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t, { times: SHORT });
  const names = { demoted: VIEWER, leaver: VIEWER, stayer: EDITOR };
  const { namespace, accounts } = await createTeam(cluster, names);
  const [demoted, leaver, stayer] = [
    await follow(t, api, namespace, accounts.demoted.token),
    await follow(t, api, namespace, accounts.leaver.token),
    await follow(t, api, namespace, accounts.stayer.token),
  ];

  await revoke(cluster, namespace, 'demoted');
  await demoted.ended;
  await deleteAccount(cluster, accounts.leaver);
  await leaver.ended;
  await until('both ends in the audit log', () => auditLines(api).length === 2);
  const user = (name: string) => `system:serviceaccount:${namespace}:${name}`;
  assert.deepEqual(
    auditLines(api).map(({ audit }) => audit),
    [
      { user: user('demoted'), verb: 'watch', namespace, status: 403 },
      { user: user('leaver'), verb: 'watch', namespace, status: 401 },
    ],
  );

  const path = `/api/v1/devmachines?namespace=${namespace}`;
  const created = await api.as(accounts.stayer.token)('POST', path, manifest(EXAMPLE_SPEC, { name: 'one' }));
  assert.equal(created.status, 201);
  await stayer.until(({ events }) => events.some(({ data }) => data.name === 'one'));
  assert.ok(!demoted.events.some(({ data }) => data.name === 'one'));
});

test('a wait for a phase ends with a 403 when the role is withdrawn', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t, { times: SHORT });
  const { namespace, accounts } = await createTeam(cluster, { editor: EDITOR });
  const call = api.as(accounts.editor.token);
  await call('POST', `/api/v1/devmachines?namespace=${namespace}`, manifest(EXAMPLE_SPEC, { name: 'one' }));
  const query = `namespace=${namespace}&name=one&waitFor=Running&timeoutSeconds=120`;
  const waiting = call('GET', `/api/v1/devmachines/status?${query}`);
  await revoke(cluster, namespace, 'editor');
  assert.equal(outcome(await waiting), '403 forbidden');
});

test('a stream ends if the cluster cannot be asked any more, and can be opened again when it can', async (t) => {
  const environment = await openEnvironment();
  t.after(() => environment.close());
  const api = await startAuthBackend(t, { kubeconfig: environment.kubeconfig, times: SHORT });
  const { namespace, accounts } = await createTeam(environment.direct, { viewer: VIEWER });
  const { token } = accounts.viewer;
  const stream = await follow(t, api, namespace, token);
  environment.proxy.refuse();
  await stream.ended;
  await until('the end in the audit log', () => auditLines(api).some(({ audit }) => audit.status === 503));
  await environment.proxy.heal();
  const list = () => api.as(token)('GET', `/api/v1/devmachines?namespace=${namespace}`);
  await until('the caller to be known again', async () => (await list()).status === 200);
  await follow(t, api, namespace, token);
});
