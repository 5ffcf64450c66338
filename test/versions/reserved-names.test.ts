import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, create } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const CRD = join(import.meta.dirname, '../../crd/devmachine-crd.yaml');
const RULE = /^ *- rule: .*\n *message: "?is reserved: .*\n/gm;

/** Specs that name objects of another machine (its password, its release and its disk), or the variable that shows GPUs. */
const mount = (source: object) => ({ mounts: [{ name: 'm', mountPath: '/m', ...source }] });
const VARIABLE = '/spec/env/0/name';
const RESERVED: Readonly<Record<string, object>> = {
  '/spec/mounts/0/secret/name': mount({ type: 'secret', secret: { name: 'other-access' } }),
  '/spec/mounts/0/s3/secretName': mount({ type: 's3', s3: { bucket: 'bucket', secretName: 'other-access' } }),
  '/spec/mounts/0/pvc/claimName': mount({ type: 'pvc', pvc: { claimName: 'other-disk' } }),
  '/spec/env/0/valueFrom/secretKeyRef/name': {
    env: [
      { name: 'A', valueFrom: { secretKeyRef: { name: 'sh.helm.release.v1.other.v1', key: 'release' } } },
    ],
  },
  [VARIABLE]: { env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }] },
  '/spec/imagePullSecrets/0/name': { imagePullSecrets: [{ name: 'other-access' }] },
  '/spec/ingress/tls/secretName': { ingress: { tls: { secretName: 'other-access' } } },
};

/** Only the cluster checks changes of stored machines: the version that dev/tools pins, and the oldest that is supported. */
for (const apiserver of [undefined, '1.30'] as const) {
  test(`on Kubernetes ${apiserver ?? 'as pinned'}, a machine cannot name the password, release or disk of a machine`, (t) =>
    testReservedNames(t, apiserver));
}

async function testReservedNames(t: TestContext, apiserver: '1.30' | undefined): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const controlPlane = await startControlPlane({ stateDir, apiserver });
  t.after(async () => {
    await controlPlane.stop();
    await rm(stateDir, { recursive: true });
  });
  const cluster = connect(t, controlPlane.kubeconfig);
  const names = Object.fromEntries(
    Object.keys(RESERVED).map((pointer, index) => [pointer, `stored-${index}`]),
  );
  const store = (name: string, fields: object) =>
    create(cluster, machinesPath('default'), manifest({ ...EXAMPLE_SPEC, ...fields }, { name }));

  // A CRD from before these rules, and machines that were stored with it.
  const text = await readFile(CRD, 'utf8');
  assert.ok((text.match(RULE) ?? []).length >= Object.keys(RESERVED).length);
  const former = join(stateDir, 'former-crd.yaml');
  await writeFile(
    former,
    text
      .replaceAll(/^ *x-kubernetes-validations:\n(?= *- rule)/gm, '$&')
      .replaceAll(RULE, '')
      .replaceAll(/^( *)x-kubernetes-validations:\n(?! *- rule)/gm, ''),
  );
  await applyCrd(controlPlane, former);
  for (const [pointer, fields] of Object.entries(RESERVED))
    assert.equal((await store(names[pointer] ?? '', fields)).status, 201, pointer);
  await applyCrd(controlPlane, CRD);
  const api = await startReadyApi(t, { KUBECONFIG: controlPlane.kubeconfig });
  await until(
    'the cluster to enforce the rules',
    async () => (await store('probe', RESERVED['/spec/imagePullSecrets/0/name'] ?? {})).status === 422,
  );

  for (const [pointer, fields] of Object.entries(RESERVED)) {
    await t.test(`refused in a new machine: ${pointer}`, async () => {
      const refused = await api.create('default', 'new', { ...EXAMPLE_SPEC, ...fields });
      assert.equal(refused.status, 400);
      assert.deepEqual(
        refused.body.errors.map((error: { pointer: string }) => error.pointer),
        [pointer],
      );
      assert.equal((await store('new', fields)).status, 422);
    });

    await t.test(`kept in a stored machine: ${pointer}`, async () => {
      const name = names[pointer] ?? '';
      const query = `namespace=default&name=${name}`;
      const power = (action: string) => api.call('POST', `/api/v1/devmachines/${action}?${query}&force=true`);
      assert.equal((await power('stop')).status, 202);
      assert.equal((await power('start')).status, 202);
      assert.equal((await power('restart')).status, 202);
      const put = (spec: object) =>
        api.call('PUT', '/api/v1/devmachines?namespace=default&force=true', manifest(spec, { name }));
      const changed = await put({ ...EXAMPLE_SPEC, ...fields, cpu: 1 });
      assert.equal(changed.status, 200, JSON.stringify(changed.body));
      assert.equal(changed.body.spec.cpu, 1);
      const renamed = JSON.parse(JSON.stringify(fields).replaceAll('other', 'third'));
      // The variable keeps its name.
      const expected = pointer === VARIABLE ? 200 : 422;
      assert.equal((await put({ ...EXAMPLE_SPEC, ...renamed })).status, expected);
      assert.equal((await api.delete('default', name)).status, 202);
      const path = machinePath({ namespace: 'default', name });
      await until(
        'the machine to be gone',
        async () => (await cluster.request({ path, signal: t.signal })).status === 404,
      );
    });
  }
}
