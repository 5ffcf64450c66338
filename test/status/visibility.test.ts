import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountIn } from '../support/account.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';
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
