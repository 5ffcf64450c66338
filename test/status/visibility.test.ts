import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, create, createNamespace, mergePatch, testKubeconfig } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { makeReal } from './real.ts';
import { ACCESS_SCENARIOS } from './scenarios/access.ts';

const READ = ['get', 'list', 'watch'];
const WITHOUT_INGRESSES = [
  { apiGroups: ['ide.example.com'], resources: ['devmachines'], verbs: ['*'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: READ },
  { apiGroups: [''], resources: ['pods', 'persistentvolumeclaims', 'events', 'resourcequotas'], verbs: READ },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
];
const INGRESSES = { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: READ };

test('without permission to read Ingresses the backend is ready, names the unknown kind, and recovers', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster, 'status');
  const kubeconfig = await accountIn(t, cluster, namespace, WITHOUT_INGRESSES);
  const api = await startReadyApi(t, { KUBECONFIG: kubeconfig, WATCH_NAMESPACES: namespace });
  const real = await makeReal(cluster, api, namespace);
  const scenario = ACCESS_SCENARIOS.find(
    ({ cause }) => cause === 'a ready endpoint and an Ingress with the host',
  );
  assert.ok(scenario);
  await real.make('half-seen', scenario);

  await until(
    'reason PartUnknown',
    async () => (await real.status('half-seen')).body.reason === 'PartUnknown',
  );
  const { phase, message, hint, url, resources } = (await real.status('half-seen')).body;
  assert.deepEqual([phase, url, resources.unknown], ['Starting', undefined, ['Ingress']]);
  assert.match(message, /may not read objects of kind Ingress/);
  assert.match(hint, /permissions/);

  const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/backend`;
  await mergePatch(cluster, role, { rules: [...WITHOUT_INGRESSES, INGRESSES] });
  await until('phase Running', async () => (await real.status('half-seen')).body.phase === 'Running');
  assert.deepEqual((await real.status('half-seen')).body.resources.unknown, []);
});

/** The path of a kubeconfig for a new service account that has only these permissions, in this namespace. */
async function accountIn(t: TestContext, cluster: ClusterClient, namespace: string, rules: object[]) {
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name: 'backend' };
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await create(cluster, accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await create(cluster, `${rbac}/roles`, { apiVersion, kind: 'Role', metadata, rules });
  await create(cluster, `${rbac}/rolebindings`, {
    apiVersion,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'backend' },
    subjects: [{ kind: 'ServiceAccount', name: 'backend', namespace }],
  });
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const { body } = await create(cluster, `${accounts}/backend/token`, request);
  const dir = await mkdtemp(join(tmpdir(), 'devmachine-status-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const { server, caData, caFile } = loadKubeConfig(testKubeconfig()).getCurrentCluster() ?? {};
  const ca = caData ? { 'certificate-authority-data': caData } : { 'certificate-authority': caFile };
  const path = join(dir, 'kubeconfig');
  await writeFile(
    path,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server, ...ca } }],
      users: [{ name: 'u', user: { token: body.status.token } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  return path;
}
