import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { applyObjects } from '../../dev/apply.ts';
import { readContainerConfig } from '../../dev/container-config.ts';
import { applyCrd } from '../../dev/crd.ts';
import { LOCAL_EXAMPLE } from '../../dev/example.ts';
import { imageCommand } from '../../dev/image-command.ts';
import { writePrivate } from '../../dev/pki.ts';
import { outcome } from '../auth/support/backend.ts';
import { type Api, bearer, startApi } from '../support/api.ts';
import { auditEvents, rightFor } from '../support/audit.ts';
import { INSECURE_DIR } from '../support/backend-account.ts';
import { connect } from '../support/cluster.ts';
import { type DeployedCluster, startDeployedCluster } from '../support/deployed.ts';
import { addAccess, addDisk } from '../support/kept-objects.ts';
import { until } from '../support/until.ts';

/** The backend of deploy/, with its own command, environment and account, on a real API server. */

const CERTIFICATE_CRD = join(import.meta.dirname, '../status/certificate-crd.yaml');
const NAMESPACE = 'devmachine-system';
const RBAC = 'rbac.authorization.k8s.io';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

let cluster: DeployedCluster;
/** Of somebody who may read every machine. */
let viewer: string;

before(async () => {
  cluster = await startDeployedCluster({ audit: true });
  await applyCrd(cluster.controlPlane, CERTIFICATE_CRD);
  await cluster.kubectl('create', 'serviceaccount', 'viewer');
  const grant = ['--clusterrole=devmachine-viewer', '--serviceaccount=default:viewer'];
  await cluster.kubectl('create', 'clusterrolebinding', 'viewer', ...grant);
  viewer = await cluster.token('default', 'viewer');
});

after(() => cluster?.remove());

/** The rules of the backend's role, with one resource each. */
async function rules(): Promise<Rule[]> {
  const { stdout } = await cluster.kubectl('get', 'clusterrole', 'devmachine-backend', '-o', 'json');
  return (JSON.parse(stdout).rules as Rule[]).flatMap((rule) =>
    rule.resources.map((resource) => ({ ...rule, resources: [resource] })),
  );
}

const status = (api: Api, name: string) => api.status('default', name, bearer(viewer));

test('kubectl apply -k deploy: the API server accepts everything without a warning, and its policy the pods', async () => {
  assert.equal(cluster.applied.stderr, '');
  const { stdout } = await cluster.kubectl('get', 'deployments', '-n', NAMESPACE, '-o', 'json');
  const deployments = JSON.parse(stdout).items;
  assert.equal(deployments.length, 2);
  for (const { metadata, spec } of deployments) {
    // The service account controller does not run here. Only for this test: the pod is not created.
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...spec.template.metadata, name: metadata.name },
    };
    const file = join(cluster.controlPlane.stateDir, `${metadata.name}.json`);
    await writePrivate(file, JSON.stringify({ ...pod, spec: spec.template.spec }));
    const created = await cluster.kubectl('create', '-n', NAMESPACE, '--dry-run=server', '-f', file);
    assert.match(created.stdout, /^pod\/\S+ created \(server dry run\)\n$/);
    assert.equal(created.stderr, '');
  }
});

test('the backend needs every right of its role, and uses no other', async (t) => {
  assert.deepEqual(cluster.config.command, imageCommand());
  const api = await cluster.startBackend(t);
  // Looked up in the cluster, because no watch has reported it.
  assert.equal((await status(api, 'missing')).status, 404);
  const granted = (await rules()).flatMap(({ apiGroups: [group], resources: [resource], verbs }) =>
    verbs.map((verb) => `${verb} ${resource}${group ? `.${group}` : ''}`),
  );
  const used = async () =>
    new Set((await auditEvents(cluster.controlPlane, cluster.config.user)).map(rightFor));
  // The comparison below names the rights that are not used.
  await until('every right to be used', async () => new Set(granted).isSubsetOf(await used())).catch(
    () => undefined,
  );
  assert.deepEqual([...(await used())].sort(), granted.sort());
});

/** Starts the backend with the rights that its role grants over all resources but this one. */
async function startWithout(t: TestContext, resource: string): Promise<Api> {
  const metadata = { name: `without-${resource}` };
  const account = { kind: 'ServiceAccount', name: metadata.name, namespace: NAMESPACE };
  const remaining = (await rules()).filter(({ resources }) => !resources.includes(resource));
  const apiVersion = `${RBAC}/v1`;
  const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name };
  const role = { apiVersion, kind: 'ClusterRole', metadata, rules: remaining };
  const binding = { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects: [account] };
  const serviceAccount = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...metadata, namespace: NAMESPACE },
  };
  await applyObjects(cluster.controlPlane, [role, binding, serviceAccount]);
  const KUBECONFIG = await cluster.kubeconfigOf(await cluster.token(NAMESPACE, metadata.name));
  return startApi(t, { ...cluster.config.env, METRICS_PORT: '0', KUBECONFIG }, cluster.main);
}

test('without the right to read machines, the backend is not ready', async (t) => {
  const api = await startWithout(t, 'devmachines');
  await until('the log to name the kind', () =>
    api.log.some((line) => line.includes('devmachines') && line.includes('forbidden')),
  );
  assert.equal((await api.call('GET', '/readyz')).status, 503);
});

/** The kind that a status names if the resource may not be read. */
const KINDS = {
  certificates: 'Certificate',
  deployments: 'Deployment',
  endpointslices: 'EndpointSlice',
  events: 'Event',
  ingressclasses: 'IngressClass',
  ingresses: 'Ingress',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  pods: 'Pod',
  resourcequotas: 'ResourceQuota',
};

test('without the right to read one of the other kinds, every status names that kind', async (t) => {
  const { apiVersion, kind, metadata, spec } = LOCAL_EXAMPLE;
  const file = join(cluster.controlPlane.stateDir, 'machine.json');
  await writePrivate(file, JSON.stringify({ apiVersion, kind, metadata, spec }));
  await cluster.kubectl('create', '-f', file);
  const resources = (await rules()).flatMap((rule) => rule.resources);
  assert.deepEqual(resources.toSorted(), ['devmachines', 'namespaces', ...Object.keys(KINDS)].sort());
  await Promise.all(
    Object.entries(KINDS).map(async ([resource, unknown]) => {
      const api = await startWithout(t, resource);
      await until(`the status to name ${unknown}`, async () => {
        const { status: code, body } = await status(api, metadata.name);
        return code === 200 && body.resources.unknown.join() === unknown;
      });
    }),
  );
});

test("the requests of a purge carry the caller's token, except those that read the Deployment", async (t) => {
  const { controlPlane, config, kubectl } = cluster;
  await kubectl('create', 'namespace', 'purged');
  await kubectl('create', 'serviceaccount', 'editor', '-n', 'purged');
  const grant = ['--clusterrole=devmachine-editor', '--serviceaccount=purged:editor'];
  await kubectl('create', 'rolebinding', 'editor', '-n', 'purged', ...grant);
  const token = bearer(await cluster.token('purged', 'editor'));
  const api = await cluster.startBackend(t, { PURGE_TIMEOUT_SECONDS: '1' });
  const path = '/api/v1/devmachines?namespace=purged';
  const { apiVersion, kind, spec } = LOCAL_EXAMPLE;
  const body = { apiVersion, kind, metadata: { name: 'one' }, spec };
  assert.equal((await api.call('POST', path, body, token)).status, 201);
  const before = (await auditEvents(controlPlane)).length;
  // No operator runs here, so the purge waits in vain, and deletes nothing.
  assert.equal((await api.call('DELETE', `${path}&name=one&purge=true`, undefined, token)).status, 504);
  const events = (await auditEvents(controlPlane)).slice(before);
  const inNamespace = (user: string) =>
    events.filter(
      ({ user: { username }, objectRef }) => username === user && objectRef?.namespace === 'purged',
    );
  assert.deepEqual(new Set(inNamespace(config.user).map(rightFor)), new Set(['list deployments.apps']));
  assert.deepEqual(
    new Set(inNamespace('system:serviceaccount:purged:editor').map(rightFor)),
    new Set(['get devmachines.ide.example.com', 'patch devmachines.ide.example.com']),
  );
});

test('without the right to list namespaces, those with machines are known', async (t) => {
  const file = join(cluster.controlPlane.stateDir, 'known.json');
  const { apiVersion, kind, spec } = LOCAL_EXAMPLE;
  const metadata = { name: 'known', namespace: 'known' };
  await cluster.kubectl('create', 'namespace', 'known');
  await cluster.kubectl('create', 'namespace', 'empty');
  await writePrivate(file, JSON.stringify({ apiVersion, kind, metadata, spec }));
  await cluster.kubectl('create', '-f', file);
  const namespacesOf = async (api: Api) => {
    await until('a ready backend', async () => (await api.call('GET', '/readyz')).status === 200);
    const { body } = await api.call('GET', '/api/v1/namespaces', undefined, bearer(viewer));
    return { ...body, items: body.items.map(({ name }: { name: string }) => name) };
  };
  const without = await namespacesOf(await startWithout(t, 'namespaces'));
  assert.equal(without.incomplete, true);
  assert.ok(without.items.includes('known') && !without.items.includes('empty'), without.items.join());
  const api = await cluster.startBackend(t);
  await until('the namespaces', async () => !(await namespacesOf(api)).incomplete);
  assert.ok((await namespacesOf(api)).items.includes('empty'));
});

test('with the component write-as-backend, the backend writes with its own account', async (t) => {
  await cluster.kubectl('apply', '-k', INSECURE_DIR);
  const { env } = await readContainerConfig(
    join(cluster.controlPlane.assetsDir, 'kubectl'),
    INSECURE_DIR,
    'backend',
  );
  const api = await cluster.startBackend(t, { ...env, METRICS_PORT: '0' });
  assert.equal((await api.create('default', 'anybodys')).status, 201);
  assert.equal(
    (await api.call('POST', '/api/v1/devmachines/stop?namespace=default&name=anybodys')).status,
    202,
  );
  // No operator runs here.
  const one = 'namespace=default&name=anybodys';
  const statuses = {
    [`GET /api/v1/devmachines/access?${one}`]: '409 machine-not-ready',
    [`GET /api/v1/devmachines/timeline?${one}`]: '200',
    'GET /api/v1/disks?namespace=default': '200',
    'DELETE /api/v1/disks?namespace=default&name=gone-disk': '202',
  };
  const administrator = connect(t, cluster.controlPlane.kubeconfig);
  await addDisk(administrator, 'default', 'gone');
  await addAccess(administrator, 'default', 'gone');
  for (const [call, expected] of Object.entries(statuses)) {
    const [method = '', path = ''] = call.split(' ');
    assert.equal(outcome(await api.call(method, path)), expected, call);
  }
  assert.equal((await api.delete('default', 'anybodys')).status, 202);
});
