import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { accountIn } from '../support/account.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, create, createNamespace, mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { makeReal } from './real.ts';
import { ACCESS_SCENARIOS } from './scenarios/access.ts';
import { INGRESS_SCENARIOS } from './scenarios/ingress.ts';

const READ = ['get', 'list', 'watch'];
const WITHOUT_INGRESSES = [
  { apiGroups: ['ide.example.com'], resources: ['devmachines'], verbs: ['*'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: READ },
  { apiGroups: [''], resources: ['pods', 'persistentvolumeclaims', 'events', 'resourcequotas'], verbs: READ },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
];
const CERTIFICATES = { apiGroups: ['cert-manager.io'], resources: ['certificates'], verbs: READ };
const INGRESSES = { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: READ };

test('without permission to read Ingresses the backend is ready, names the unknown kind, and recovers', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster, 'status');
  const kubeconfig = await accountIn(t, cluster, namespace, [...WITHOUT_INGRESSES, CERTIFICATES]);
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
  assert.deepEqual([phase, url, resources.unknown], ['Starting', undefined, ['Ingress', 'IngressClass']]);
  assert.match(message, /may not read objects of kind Ingress/);
  assert.match(hint, /permissions/);

  const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/backend`;
  await mergePatch(cluster, role, { rules: [...WITHOUT_INGRESSES, CERTIFICATES, INGRESSES] });
  await until('phase Running', async () => (await real.status('half-seen')).body.phase === 'Running');
  assert.deepEqual((await real.status('half-seen')).body.resources.unknown, ['IngressClass']);
});

test('without permission to read IngressClasses and Certificates these checks are left out, until they may be read', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster, 'status');
  const rules = [...WITHOUT_INGRESSES, INGRESSES];
  const kubeconfig = await accountIn(t, cluster, namespace, rules);
  const api = await startReadyApi(t, { KUBECONFIG: kubeconfig, WATCH_NAMESPACES: namespace });
  const real = await makeReal(cluster, api, namespace);
  const unchecked = ['IngressClassMissing', 'CertificatePending'] as const;
  for (const reason of unchecked) {
    const scenario = INGRESS_SCENARIOS.find((one) => one.reason === reason);
    assert.ok(scenario);
    await real.make(`m-${reason.toLowerCase()}`, scenario);
  }
  for (const reason of unchecked) {
    const name = `m-${reason.toLowerCase()}`;
    await until('phase Running', async () => (await real.status(name)).body.phase === 'Running');
    const { url, resources } = (await real.status(name)).body;
    assert.equal(url, `https://${name}.${namespace}.example.com/`);
    assert.deepEqual(resources.unknown, ['IngressClass', 'Certificate']);
  }

  const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/backend`;
  await mergePatch(cluster, role, { rules: [...rules, CERTIFICATES] });
  await mayReadIngressClasses(cluster, namespace);
  for (const reason of unchecked) {
    const name = `m-${reason.toLowerCase()}`;
    await until(`reason ${reason}, and no unknown kind`, async () => {
      const { body } = await real.status(name);
      return body.reason === reason && body.resources.unknown.length === 0;
    });
  }
});

/** IngressClasses belong to no namespace, so this takes a ClusterRole. */
async function mayReadIngressClasses(cluster: ClusterClient, namespace: string): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const metadata = { name: `ingress-classes-${namespace}` };
  const rules = [{ apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: READ }];
  await create(cluster, `${rbac}/clusterroles`, { metadata, rules });
  await create(cluster, `${rbac}/clusterrolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: 'backend', namespace }],
  });
}
