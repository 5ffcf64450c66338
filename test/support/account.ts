import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { accountsPath, create, createToken, testKubeconfig } from './cluster.ts';

/** The path of a kubeconfig for a new service account that has only these permissions, in this namespace. */
export async function accountIn(t: TestContext, cluster: ClusterClient, namespace: string, rules: object[]) {
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name: 'backend' };
  await create(cluster, accountsPath(namespace), { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await create(cluster, `${rbac}/roles`, { apiVersion, kind: 'Role', metadata, rules });
  await create(cluster, `${rbac}/rolebindings`, {
    apiVersion,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'backend' },
    subjects: [{ kind: 'ServiceAccount', name: 'backend', namespace }],
  });
  const token = await createToken(cluster, { namespace, name: 'backend' });
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
      users: [{ name: 'u', user: { token } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  return path;
}
