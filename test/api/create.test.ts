import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, FULL_SPEC, manifest } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { applyAs, connect, create, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { conflictManagers } from '../support/machine-calls.ts';
import { until } from '../support/until.ts';

test('every field is stored as it was sent', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  assert.equal((await api.create(namespace, 'full', FULL_SPEC)).status, 201);
  const stored = await get(cluster, machinePath({ namespace, name: 'full' }));
  assert.deepEqual(stored.body.spec, FULL_SPEC);
  assert.deepEqual((await api.status(namespace, 'full')).body.spec, FULL_SPEC);
  assert.equal((await api.create(namespace, 'full', FULL_SPEC)).status, 200);
});

test('dryRun validates the request and stores nothing', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const dryRun = (spec: object) => api.create(namespace, 'dry', spec, '&dryRun=true');

  const valid = await dryRun(EXAMPLE_SPEC);
  assert.equal(valid.status, 200);
  assert.equal(valid.body.spec.storage.retention, 'Retain');
  assert.equal((await api.status(namespace, 'dry')).status, 404);

  assert.equal((await api.create(namespace, 'dry')).status, 201);
  assert.equal((await dryRun(EXAMPLE_SPEC)).status, 200);
  const other = await dryRun({ ...EXAMPLE_SPEC, memory: '8Gi' });
  assert.equal(other.status, 409);
  assert.deepEqual(conflictManagers(other), { '/spec/memory': ['devmachine-api'] });
  assert.equal((await api.create(namespace, 'absent', EXAMPLE_SPEC, '&dryRun=false')).status, 201);
});

test('a conflict lists each differing field and its managers', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const path = machinePath({ namespace, name: 'shared' });
  const env = [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ];
  const spec = { ...EXAMPLE_SPEC, env };
  assert.equal((await api.create(namespace, 'shared', spec)).status, 201);
  const identity = { apiVersion: 'ide.example.com/v1alpha1', kind: 'DevMachine' };
  await applyAs(cluster, 'gitops', path, {
    ...identity,
    spec: { port: 9000, env: [{ name: 'C', value: '3' }] },
  });
  assert.equal((await mergePatch(cluster, path, { spec: { cpu: 8 } })).status, 200);

  assert.deepEqual(conflictManagers(await api.create(namespace, 'shared', spec)), {
    '/spec/cpu': ['kubectl-edit'],
    '/spec/env/2': ['gitops'],
    '/spec/port': ['gitops'],
  });
  const withIngress = { ...spec, ingress: { className: 'other' } };
  const response = await api.create(namespace, 'shared', withIngress);
  const [added] = response.body.errors.filter(
    ({ pointer }: { pointer: string }) => pointer === '/spec/ingress',
  );
  assert.equal(added.message, 'is not set in the stored machine');
  // The CRD forbids a smaller disk. The response still lists the fields that differ.
  const smaller = {
    ...spec,
    storage: { size: '10Gi' },
    args: ['x'],
    gpu: 1,
    stopped: true,
    template: undefined,
  };
  assert.deepEqual(conflictManagers(await api.create(namespace, 'shared', smaller)), {
    '/spec/cpu': ['kubectl-edit'],
    '/spec/args': [],
    '/spec/env/2': ['gitops'],
    '/spec/gpu': ['devmachine-api'],
    '/spec/port': ['gitops'],
    '/spec/stopped': [],
    '/spec/storage/size': ['devmachine-api'],
    '/spec/template': ['devmachine-api'],
  });
});

test('a create compares the specs, whoever created the machine and owns its fields', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const spec = { memory: '4Gi', template: 'vscode-cpu', storage: { size: '20Gi' } };
  const path = machinePath({ namespace, name: 'foreign' });
  assert.equal(
    (await create(cluster, machinesPath(namespace), manifest(spec, { name: 'foreign' }))).status,
    201,
  );
  assert.equal((await api.create(namespace, 'foreign', spec)).status, 200);
  await mergePatch(cluster, path, { spec: { stopped: true } });
  assert.deepEqual(conflictManagers(await api.create(namespace, 'foreign', spec)), {
    '/spec/stopped': ['kubectl-edit'],
  });
  await mergePatch(cluster, path, { spec: { stopped: false } });
  assert.equal((await api.create(namespace, 'foreign', spec)).status, 200);

  await mergePatch(cluster, path, { spec: { port: 9999 } });
  await mergePatch(cluster, path, { metadata: { managedFields: [{}] } });
  assert.deepEqual(conflictManagers(await api.create(namespace, 'foreign', spec)), { '/spec/port': [] });
});

test('a machine that is being deleted blocks a create, and delete is idempotent', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const path = machinePath({ namespace, name: 'deleting' });
  assert.equal((await api.create(namespace, 'deleting')).status, 201);
  await mergePatch(cluster, path, { metadata: { finalizers: ['test.example.com/held'] } });

  assert.equal((await api.delete(namespace, 'deleting')).status, 202);
  assert.equal((await api.status(namespace, 'deleting')).body.deleting, true);
  assert.equal((await api.delete(namespace, 'deleting')).status, 202);
  for (const query of ['', '&dryRun=true']) {
    const blocked = await api.create(namespace, 'deleting', EXAMPLE_SPEC, query);
    assert.equal(blocked.status, 409);
    assert.equal(blocked.body.type, 'urn:devmachine:problem:being-deleted');
    assert.equal(blocked.headers['retry-after'], '5');
  }

  await mergePatch(cluster, path, { metadata: { finalizers: null } });
  assert.equal((await api.create(namespace, 'deleting')).status, 201);
  assert.equal((await api.status(namespace, 'deleting')).body.deleting, false);
});

test('the message of a refusal by the cluster is passed on', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);

  const unknown = await api.create('no-such-namespace', 'm');
  assert.equal(unknown.status, 404);
  assert.equal(unknown.body.type, 'urn:devmachine:problem:namespace-not-found');
  assert.equal(unknown.body.detail, 'namespaces "no-such-namespace" not found');

  const terminating = await createNamespace(cluster);
  await cluster.request({ method: 'DELETE', path: `/api/v1/namespaces/${terminating}`, signal: t.signal });
  const refused = await api.create(terminating, 'm');
  assert.equal(refused.status, 409);
  assert.match(refused.body.detail, /because it is being terminated/);

  await fillQuota(cluster, namespace);
  const overQuota = await api.create(namespace, 'm');
  assert.equal(overQuota.status, 422);
  assert.match(overQuota.body.detail, /exceeded quota: machines/);

  const restricted = await createNamespace(cluster);
  await forbidImages(cluster, restricted);
  await t.test('by an admission policy', async () => {
    const dryRun = () => api.create(restricted, 'm', EXAMPLE_SPEC, '&dryRun=true');
    await until('the policy to take effect', async () => (await dryRun()).status !== 200);
    const refused = await dryRun();
    assert.equal(refused.status, 422);
    assert.match(refused.body.detail, /images come from trusted.example.com/);
  });
});

type Cluster = ReturnType<typeof connect>;

async function fillQuota(cluster: Cluster, namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const hard = { 'count/devmachines.ide.example.com': '0' };
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'machines' }, spec: { hard } };
  assert.equal((await create(cluster, path, quota)).status, 201);
  // Normally the quota controller writes this, but it does not run here.
  const used = { 'count/devmachines.ide.example.com': '0' };
  const response = await mergePatch(cluster, `${path}/machines/status`, { status: { hard, used } });
  assert.equal(response.status, 200);
}

async function forbidImages(cluster: Cluster, namespace: string): Promise<void> {
  const name = `images-${namespace}`;
  const path = '/apis/admissionregistration.k8s.io/v1';
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const policy = await create(cluster, `${path}/validatingadmissionpolicies`, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['ide.example.com'],
            apiVersions: ['*'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['devmachines'],
          },
        ],
      },
      validations: [
        {
          expression: "object.spec.image.startsWith('trusted.example.com/')",
          message: 'images come from trusted.example.com',
        },
      ],
    },
  });
  assert.equal(policy.status, 201);
  const binding = await create(cluster, `${path}/validatingadmissionpolicybindings`, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
    },
  });
  assert.equal(binding.status, 201);
}
