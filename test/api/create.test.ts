import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, FULL_SPEC, manifest } from '../corpus/bodies.ts';
import { type Answer, startReadyApi } from '../support/api.ts';
import { applyAs, connect, create, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const faults = ({ body }: Answer) =>
  Object.fromEntries(
    body.errors.map(({ pointer, managers }: { pointer: string; managers: string[] }) => [pointer, managers]),
  );

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

test('dryRun validates everything and stores nothing', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const dryRun = (spec: object) => api.create(namespace, 'tried', spec, '&dryRun=true');

  const tried = await dryRun(EXAMPLE_SPEC);
  assert.equal(tried.status, 200);
  assert.equal(tried.body.spec.storage.retention, 'Retain');
  assert.equal((await api.status(namespace, 'tried')).status, 404);

  assert.equal((await api.create(namespace, 'tried')).status, 201);
  assert.equal((await dryRun(EXAMPLE_SPEC)).status, 200);
  const other = await dryRun({ ...EXAMPLE_SPEC, memory: '8Gi' });
  assert.equal(other.status, 409);
  assert.deepEqual(faults(other), { '/spec/memory': ['devmachine-api'] });
  assert.equal((await api.create(namespace, 'absent', EXAMPLE_SPEC, '&dryRun=false')).status, 201);
});

test('a conflict names each field that differs and its managers', async (t) => {
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

  assert.deepEqual(faults(await api.create(namespace, 'shared', spec)), {
    '/spec/cpu': ['somebody'],
    '/spec/env/2': ['gitops'],
    '/spec/port': ['gitops'],
  });
  const empty = { ...spec, ingress: { className: 'other' } };
  const answer = await api.create(namespace, 'shared', empty);
  const [added] = answer.body.errors.filter(
    ({ pointer }: { pointer: string }) => pointer === '/spec/ingress',
  );
  assert.equal(added.message, 'is not set in the stored machine');
  // The cluster refuses to shrink a disk, but the response still lists the fields that differ.
  const smaller = {
    ...spec,
    storage: { size: '10Gi' },
    args: ['x'],
    gpu: 1,
    stopped: true,
    template: undefined,
  };
  assert.deepEqual(faults(await api.create(namespace, 'shared', smaller)), {
    '/spec/cpu': ['somebody'],
    '/spec/args': [],
    '/spec/env/2': ['gitops'],
    '/spec/gpu': ['devmachine-api'],
    '/spec/port': ['gitops'],
    '/spec/stopped': [],
    '/spec/storage/size': ['devmachine-api'],
    '/spec/template': ['devmachine-api'],
  });
});

test('machines are compared by their spec, whoever created them and owns their fields', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const spec = { memory: '4Gi', template: 'vscode-cpu', storage: { size: '20Gi' } };
  const path = machinePath({ namespace, name: 'theirs' });
  assert.equal(
    (await create(cluster, machinesPath(namespace), manifest(spec, { name: 'theirs' }))).status,
    201,
  );
  assert.equal((await api.create(namespace, 'theirs', spec)).status, 200);
  await mergePatch(cluster, path, { spec: { stopped: true } });
  assert.deepEqual(faults(await api.create(namespace, 'theirs', spec)), { '/spec/stopped': ['somebody'] });
  await mergePatch(cluster, path, { spec: { stopped: false } });
  assert.equal((await api.create(namespace, 'theirs', spec)).status, 200);

  await mergePatch(cluster, path, { spec: { port: 9999 } });
  await mergePatch(cluster, path, { metadata: { managedFields: [{}] } });
  assert.deepEqual(faults(await api.create(namespace, 'theirs', spec)), { '/spec/port': [] });
});

test('a machine that is being deleted blocks a create, and delete is idempotent', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const path = machinePath({ namespace, name: 'going' });
  assert.equal((await api.create(namespace, 'going')).status, 201);
  await mergePatch(cluster, path, { metadata: { finalizers: ['test.example.com/held'] } });

  assert.equal((await api.delete(namespace, 'going')).status, 202);
  assert.equal((await api.status(namespace, 'going')).body.deleting, true);
  assert.equal((await api.delete(namespace, 'going')).status, 202);
  for (const query of ['', '&dryRun=true']) {
    const again = await api.create(namespace, 'going', EXAMPLE_SPEC, query);
    assert.equal(again.status, 409);
    assert.equal(again.body.type, 'urn:devmachine:problem:being-deleted');
    assert.equal(again.headers['retry-after'], '5');
  }

  await mergePatch(cluster, path, { metadata: { finalizers: null } });
  assert.equal((await api.create(namespace, 'going')).status, 201);
  assert.equal((await api.status(namespace, 'going')).body.deleting, false);
});

test("refusals of the cluster are passed on with the cluster's message", async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);

  const nowhere = await api.create('no-such-namespace', 'lost');
  assert.equal(nowhere.status, 404);
  assert.equal(nowhere.body.type, 'urn:devmachine:problem:namespace-not-found');
  assert.equal(nowhere.body.detail, 'namespaces "no-such-namespace" not found');

  const going = await createNamespace(cluster);
  await cluster.request({ method: 'DELETE', path: `/api/v1/namespaces/${going}`, signal: t.signal });
  const late = await api.create(going, 'late');
  assert.equal(late.status, 409);
  assert.match(late.body.detail, /because it is being terminated/);

  await fillQuota(cluster, namespace);
  const full = await api.create(namespace, 'one-too-many');
  assert.equal(full.status, 422);
  assert.match(full.body.detail, /exceeded quota: machines/);

  const policed = await createNamespace(cluster);
  await forbidImages(cluster, policed);
  await t.test('a policy of the cluster', async () => {
    const dryRun = () => api.create(policed, 'policed', EXAMPLE_SPEC, '&dryRun=true');
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
  // Normally written by the quota controller, which does not run here.
  const used = { 'count/devmachines.ide.example.com': '0' };
  const reply = await mergePatch(cluster, `${path}/machines/status`, { status: { hard, used } });
  assert.equal(reply.status, 200);
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
