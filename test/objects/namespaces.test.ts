import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedNamespaces } from '../../src/kube/callers/allowed-namespaces.ts';
import { createTeam, EDITOR, grant, VIEWER } from '../auth/support/accounts.ts';
import { type AuthBackend, outcome, startAuthBackend } from '../auth/support/backend.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, create, createNamespace } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const PATH = '/api/v1/namespaces';
const TIMES = { allowedMs: 50, refusedMs: 50, recheckMs: 15_000 };

async function namespacesOf(api: AuthBackend, { token }: { readonly token: string }) {
  const { status, body } = await api.as(token)('GET', PATH);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.incomplete, false);
  return body.items.map(({ name }: { name: string }) => name) as string[];
}

test('callers get the namespaces in which they may list machines, each caller their own', async (t) => {
  const cluster = connect(t);
  const one = await createTeam(cluster, { editor: EDITOR, viewer: VIEWER, creator: ['create', 'patch'] });
  const other = await createTeam(cluster, { editor: EDITOR });
  await grant(cluster, other.namespace, 'visitor', VIEWER, one.accounts.viewer);
  const api = await startAuthBackend(t, { times: TIMES });
  await until('the namespaces to be known', async () =>
    (await namespacesOf(api, other.accounts.editor)).includes(other.namespace),
  );
  const expected = [
    [one.accounts.editor, [one.namespace]],
    [one.accounts.viewer, [one.namespace, other.namespace].sort()],
    [one.accounts.creator, []],
    [other.accounts.editor, [other.namespace]],
  ] as const;
  const results = await Promise.all(
    [...expected, ...expected].map(async ([account]) => namespacesOf(api, account)),
  );
  assert.deepEqual(
    results,
    [...expected, ...expected].map(([, names]) => names),
  );
  assert.equal(outcome(await api.call('GET', PATH)), '401 unauthenticated');

  await grant(cluster, other.namespace, 'newcomer', VIEWER, one.accounts.creator);
  await until('a new right', async () =>
    (await namespacesOf(api, one.accounts.creator)).includes(other.namespace),
  );
});

test('whoever may list the machines of the cluster gets every namespace, new ones too', async (t) => {
  const cluster = connect(t);
  const { namespace, accounts } = await createTeam(cluster, { admin: [] });
  const name = `admin-${namespace}`;
  const binding = await create(cluster, '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'admin', namespace }],
  });
  assert.equal(binding.status, 201);
  const api = await startAuthBackend(t);
  await until('the namespaces to be known', async () => {
    const { body } = await api.as(accounts.admin.token)('GET', PATH);
    return !body.incomplete;
  });
  const names = await namespacesOf(api, accounts.admin);
  for (const one of ['default', 'kube-system', namespace]) assert.ok(names.includes(one), one);
  assert.deepEqual(names, names.toSorted());
  const later = await createNamespace(cluster, 'later');
  await until('a new namespace', async () => (await namespacesOf(api, accounts.admin)).includes(later));
});

test('with WATCH_NAMESPACES, these namespaces are the choice', async (t) => {
  const cluster = connect(t);
  const one = await createTeam(cluster, { viewer: VIEWER });
  const other = await createTeam(cluster, {});
  await grant(cluster, other.namespace, 'visitor', VIEWER, one.accounts.viewer);
  const api = await startAuthBackend(t, { env: { WATCH_NAMESPACES: `${one.namespace},default` } });
  assert.deepEqual(await namespacesOf(api, one.accounts.viewer), [one.namespace]);
});

test('with AUTH_MODE=none, everybody gets all of them', async (t) => {
  const namespace = await createNamespace(connect(t));
  const api = await startReadyApi(t);
  await until('the namespaces', async () => {
    const { body } = await api.call('GET', PATH);
    return !body.incomplete && body.items.some(({ name }: { name: string }) => name === namespace);
  });
});

test('at most 500 namespaces are reviewed, 16 at a time', async () => {
  const names = Array.from({ length: 501 }, (_, index) => `n${String(index).padStart(3, '0')}`);
  let running = 0;
  let most = 0;
  let reviews = 0;
  const isAllowed = async ({ namespace }: { readonly namespace: string | undefined }) => {
    reviews++;
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    return namespace !== 'n001';
  };
  const allowed = await allowedNamespaces({ names, incomplete: false }, isAllowed);
  assert.deepEqual([reviews, most, allowed.incomplete, allowed.names.length], [500, 16, true, 499]);
  assert.deepEqual(allowed.names.slice(0, 2), ['n000', 'n002']);
  const few = await allowedNamespaces({ names: ['a'], incomplete: true }, isAllowed);
  assert.deepEqual(few, { names: ['a'], incomplete: true });
});
