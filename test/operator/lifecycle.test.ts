import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { connect, create, createNamespace, get, mergePatch, testKubeconfig } from '../support/cluster.ts';
import {
  CHART,
  HELMS,
  type Helm,
  type Manifest,
  NAME,
  OPERATOR,
  objects,
  only,
  runHelm,
  type Spec,
} from './helm.ts';

/** Installs, upgrades and uninstalls machines on the API server, as a user who has only the operator's role. */

const DISK = { size: '10240Mi', storageClassName: 'fast', accessMode: 'ReadWriteMany' };
const SPEC = { memory: '1Gi', template: 'vscode-cpu', storage: DISK };

for (const helm of HELMS) {
  describe(`with ${helm}`, () => {
    test('an upgrade without a change changes nothing', async (t) => {
      const machine = await prepare(t, helm);
      await machine.helm('install', SPEC);
      const [manifest, secret] = [await machine.manifest(), await machine.password()];
      for (const _ of [1, 2]) {
        await machine.helm('upgrade', SPEC);
        assert.equal(await machine.manifest(), manifest);
        assert.equal(await machine.password(), secret);
      }
      assert.equal((await machine.read('apis/apps/v1', 'deployments', NAME)).body.metadata.generation, 1);
    });

    test('a machine that is created again gets the disk and the password of the earlier one', async (t) => {
      const machine = await prepare(t, helm);
      await machine.helm('install', SPEC);
      const secret = await machine.password();
      const { uid } = (await machine.disk()).body.metadata;
      await machine.uninstall();
      assert.equal((await machine.read('apis/apps/v1', 'deployments', NAME)).status, 404);

      for (const storage of [{ size: '5Gi', storageClassName: 'slow' }, { size: '10Gi' }, { size: '20Gi' }]) {
        await machine.helm('install', { ...SPEC, storage });
        const manifest = await machine.manifest();
        await machine.helm('upgrade', { ...SPEC, storage });
        assert.equal(await machine.manifest(), manifest, 'an upgrade without a change');
        const { metadata, spec } = (await machine.disk()).body;
        // The disk is not bound, so it cannot grow either.
        assert.equal(metadata.uid, uid);
        assert.equal(spec.resources.requests.storage, '10Gi');
        assert.deepEqual([spec.storageClassName, spec.accessModes], ['fast', ['ReadWriteMany']]);
        assert.equal(await machine.password(), secret);
        await machine.uninstall();
      }
    });

    test('with retention Delete, the disk and the password are deleted with the machine', async (t) => {
      const machine = await prepare(t, helm);
      await machine.helm('install', SPEC);
      await machine.helm('upgrade', { ...SPEC, storage: { ...DISK, retention: 'Delete' } });
      await machine.uninstall();
      const { status, body } = await machine.disk();
      assert.ok(status === 404 || body.metadata.deletionTimestamp);
      assert.equal((await machine.read('api/v1', 'secrets', `${NAME}-access`)).status, 404);
      if (status === 404) return;
      await assert.rejects(machine.helm('install', SPEC), /of an earlier machine is still being deleted/);
    });

    test("a machine cannot mount another machine's claim, and can still be stopped", async (t) => {
      const machine = await prepare(t, helm);
      await create(machine.cluster, `/api/v1/namespaces/${machine.namespace}/persistentvolumeclaims`, {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data', labels: { 'ide.example.com/devmachine': 'other' } },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      });
      const mounts = [{ name: 'data', type: 'pvc', mountPath: '/data', pvc: { claimName: 'data' } }];
      await assert.rejects(
        machine.helm('install', { ...SPEC, mounts }),
        /the claim data belongs to the machine other/,
      );
      await machine.helm('install', { ...SPEC, mounts, stopped: true });
      await assert.rejects(machine.helm('upgrade', { ...SPEC, mounts }), /belongs to the machine other/);
    });

    test('an upgrade keeps a password that somebody changed', async (t) => {
      const machine = await prepare(t, helm);
      await machine.helm('install', SPEC);
      const path = `/api/v1/namespaces/${machine.namespace}/secrets/${NAME}-access`;
      await mergePatch(machine.cluster, path, { data: { password: btoa('mine') } });
      await machine.helm('upgrade', { ...SPEC, cpu: 2 });
      assert.equal(await machine.password(), 'mine');
    });
  });
}

async function prepare(t: TestContext, helm: Helm) {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster, 'chart');
  const user = await operatorIn(cluster, namespace);
  const dir = await mkdtemp(join(tmpdir(), 'devmachine-chart-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const values = join(dir, 'values.json');
  const options = ['-n', namespace, '--kubeconfig', testKubeconfig(), '--kube-as-user', user];

  const read = (group: string, kind: string, name: string) =>
    get(cluster, `/${group}/namespaces/${namespace}/${kind}/${name}`);
  return {
    cluster,
    namespace,
    read,
    async helm(command: 'install' | 'upgrade', spec: Spec): Promise<void> {
      await writeFile(values, JSON.stringify(spec));
      await runHelm(helm, command, NAME, CHART, '-f', values, ...options);
    },
    uninstall: () => runHelm(helm, 'uninstall', NAME, ...options),
    manifest: () => runHelm(helm, 'get', 'manifest', NAME, ...options),
    disk: () => read('api/v1', 'persistentvolumeclaims', `${NAME}-disk`),
    password: async (): Promise<string> =>
      atob((await read('api/v1', 'secrets', `${NAME}-access`)).body.data.password),
  };
}

/** Binds the operator's role of config/rbac to a new user. */
async function operatorIn(cluster: Parameters<typeof create>[0], name: string): Promise<string> {
  const role: Manifest = only(
    objects(await readFile(join(OPERATOR, 'config', 'rbac', 'role.yaml'), 'utf8')),
    'ClusterRole',
  );
  const group = 'rbac.authorization.k8s.io';
  const path = `/apis/${group}/v1`;
  await create(cluster, `${path}/clusterroles`, { ...role, metadata: { name } });
  await create(cluster, `${path}/clusterrolebindings`, {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name },
    subjects: [{ apiGroup: group, kind: 'User', name }],
  });
  return name;
}
