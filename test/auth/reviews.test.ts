import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect as connectSocket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Environment, openEnvironment } from '../faults/support/environment.ts';
import { connect } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { createTeam, expiringAt, grant, revoke, VIEWER } from './support/accounts.ts';
import { type AuthBackendOptions, bearer, outcome, startAuthBackend } from './support/backend.ts';

/** How often the cluster is asked about callers, counted by a proxy in front of it. */

const SHORT = { allowedMs: 300, refusedMs: 150, recheckMs: 100 };
const LONG = { allowedMs: 60_000, refusedMs: 60_000, recheckMs: 60_000 };

async function open(t: TestContext, options: AuthBackendOptions) {
  const environment = await openEnvironment();
  t.after(() => environment.close());
  const api = await startAuthBackend(t, { kubeconfig: environment.kubeconfig, ...options });
  return { environment, api };
}

/** Without the first one, which asks whether tokens count at all. */
const identitiesAsked = ({ proxy }: Environment) =>
  proxy.requests({ path: '/selfsubjectreviews' }).length - 1;
const rightsAsked = ({ proxy }: Environment) => proxy.requests({ path: '/selfsubjectaccessreviews' }).length;

test('concurrent first requests share one review, and one that is aborted fails no other', async (t) => {
  const { environment, api } = await open(t, { times: LONG });
  const { namespace, accounts } = await createTeam(environment.direct, { viewer: VIEWER });
  const path = `/api/v1/devmachines?namespace=${namespace}`;
  const { hostname, port, host } = new URL(api.url);
  const aborted = connectSocket(Number(port), hostname);
  aborted.write(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${accounts.viewer.token}\r\n\r\n`,
  );
  await until('the review to be asked', () => identitiesAsked(environment) === 1);
  aborted.destroy();
  const call = api.as(accounts.viewer.token);
  const responses = await Promise.all(Array.from({ length: 50 }, () => call('GET', path)));
  assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([200]));
  assert.deepEqual([identitiesAsked(environment), rightsAsked(environment)], [1, 1]);

  // Another verb is another right of the same caller.
  assert.equal((await call('GET', `/api/v1/devmachines/status?namespace=${namespace}&name=x`)).status, 404);
  assert.deepEqual([identitiesAsked(environment), rightsAsked(environment)], [1, 2]);
});

test('answers are kept for a while, refusals for a shorter one, and neither longer than the token is valid', async (t) => {
  const { environment, api } = await open(t, { times: LONG });
  const { namespace, accounts } = await createTeam(environment.direct, { viewer: VIEWER, nobody: [] });
  const path = `/api/v1/devmachines?namespace=${namespace}`;
  const times = (count: number, token: string) =>
    Array.from({ length: count }).reduce<Promise<unknown>>(
      (before) => before.then(() => api.as(token)('GET', path)),
      Promise.resolve(),
    );
  for (const [token, asked] of [
    [accounts.viewer.token, 1],
    [accounts.nobody.token, 2],
  ] as const) {
    await times(5, token);
    assert.deepEqual([identitiesAsked(environment), rightsAsked(environment)], [asked, asked]);
  }
  await times(5, 'garbage');
  assert.deepEqual([identitiesAsked(environment), rightsAsked(environment)], [3, 2]);

  // The API server itself accepts a token for another minute, so the cluster is asked each time.
  const expired = expiringAt(accounts.viewer.token, Date.now() - 1_000);
  await times(3, expired);
  assert.equal(identitiesAsked(environment), 6);
});

test('a right that is withdrawn is refused once the answer is no longer kept', async (t) => {
  const { environment, api } = await open(t, { times: SHORT });
  const { namespace, accounts } = await createTeam(environment.direct, { viewer: VIEWER });
  const list = () => api.as(accounts.viewer.token)('GET', `/api/v1/devmachines?namespace=${namespace}`);
  assert.equal((await list()).status, 200);
  await revoke(environment.direct, namespace, 'viewer');
  await until('the list to be refused', async () => outcome(await list()) === '403 forbidden');
});

test('a role that an administrator grants counts within seconds', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t, { times: SHORT });
  const { namespace, accounts } = await createTeam(cluster, { newcomer: [] });
  const list = () => api.as(accounts.newcomer.token)('GET', `/api/v1/devmachines?namespace=${namespace}`);
  assert.equal((await list()).status, 403);
  await grant(cluster, namespace, 'later', VIEWER, accounts.newcomer);
  await until('the list to be allowed', async () => (await list()).status === 200);
});

test('a list without a namespace takes the right in all namespaces', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t, { times: SHORT });
  const { accounts } = await createTeam(cluster, { viewer: VIEWER });
  for (const path of ['/api/v1/devmachines', '/api/v1/devmachines/events']) {
    const response = await api.as(accounts.viewer.token)('GET', path);
    assert.equal(outcome(response), '403 forbidden');
    assert.match(
      response.body.detail,
      /cannot (list|watch) resource "devmachines" .* at the cluster scope\.$/,
    );
  }
});

test('with WATCH_NAMESPACES, a list without a namespace takes the right in each of them', async (t) => {
  const cluster = connect(t);
  const [one, other] = [await createTeam(cluster, { viewer: VIEWER }), await createTeam(cluster, {})];
  const env = { WATCH_NAMESPACES: `${one.namespace},${other.namespace}` };
  const api = await startAuthBackend(t, { times: SHORT, env });
  const list = () => api.as(one.accounts.viewer.token)('GET', '/api/v1/devmachines');
  const refused = await list();
  assert.equal(outcome(refused), '403 forbidden');
  assert.match(refused.body.detail, new RegExp(`in the namespace "${other.namespace}"`));
  await grant(cluster, other.namespace, 'visitor', VIEWER, one.accounts.viewer);
  await until('the list to be allowed', async () => (await list()).status === 200);
});

test('the cluster cannot be asked: a caller who is not known is told so, and a known one is answered', async (t) => {
  const { environment, api } = await open(t, { times: LONG, env: { CLUSTER_TIMEOUT_SECONDS: '2' } });
  const { namespace, accounts } = await createTeam(environment.direct, { known: VIEWER, unknown: VIEWER });
  const list = (token: string) => api.as(token)('GET', `/api/v1/devmachines?namespace=${namespace}`);
  assert.equal((await list(accounts.known.token)).status, 200);
  environment.proxy.refuse();
  assert.equal(outcome(await list(accounts.unknown.token)), '503 cluster-unavailable');
  assert.equal((await list(accounts.known.token)).status, 200);
  await environment.proxy.heal();
  await until('the caller to be known', async () => (await list(accounts.unknown.token)).status === 200);
});

test('bad tokens take a bounded room and displace no valid caller', async (t) => {
  const api = await startAuthBackend(t, { times: LONG, maxTokens: 100 });
  const { accounts } = await createTeam(connect(t), { viewer: VIEWER });
  assert.equal((await api.as(accounts.viewer.token)('GET', '/api/v1/templates')).status, 200);
  let left = 300;
  const guess = async () => {
    while (left-- > 0) {
      const authorization = `Bearer ${randomBytes(16).toString('hex')}`;
      await assert.rejects(api.callers.authenticate(authorization), { code: 'unauthenticated' });
    }
  };
  await Promise.all(Array.from({ length: 32 }, guess));
  assert.equal(api.callers.size, 101);
  assert.ok(api.callers.known(bearer(accounts.viewer.token).authorization));
});
