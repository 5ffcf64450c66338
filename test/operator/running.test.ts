import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { applyCrd } from '../../dev/crd.ts';
import { startOperator } from '../../dev/operator.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { manifest } from '../corpus/bodies.ts';
import { applyAs, create } from '../support/cluster.ts';
import {
  deployedManifest,
  remove,
  type Stored,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';
import { CASES } from './cases/all.ts';
import { type Case, RUNTIME_CLASS } from './cases/case.ts';
import { adminEnv, type Manifest, NAME, objects, ofKind, podOf } from './helm.ts';

/** Runs every case of the chart: the operator installs it, the pod runs under PodSecurity, and all of it is deleted. */

let cluster: WorkloadCluster;

before(async () => {
  cluster = await startWorkloadCluster();
  await applyCrd(cluster.controlPlane, new URL('../../crd/devmachine-crd.yaml', import.meta.url).pathname);
  await make('/apis/node.k8s.io/v1/runtimeclasses', RUNTIME_CLASS);
});

after(() => cluster?.stop());

/** Groups the cases by the administrator's settings, which are the environment of the operator. */
const groups = Map.groupBy(CASES, ({ admin = {}, root }) =>
  JSON.stringify(root ? { allowRoot: 'true', ...admin } : admin),
);

for (const [admin, cases] of groups) {
  test(`the cases with the administrator's settings ${admin}`, { concurrency: 4 }, async (t) => {
    const operator = await startOperator(cluster.controlPlane, {
      env: { ...process.env, ...adminEnv(JSON.parse(admin)) },
    });
    try {
      await Promise.all(cases.map((one) => runCase(t, one)));
    } finally {
      await operator.component.stop();
    }
  });
}

let count = 0;

async function runCase(t: TestContext, { name, spec, root, tooLarge, check }: Case): Promise<void> {
  await t.test(name, async () => {
    const namespace = `case-${++count}`;
    const labels = { 'pod-security.kubernetes.io/enforce': root ? 'baseline' : 'restricted' };
    await make('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels },
    });
    await createPrerequisites(namespace, spec as Stored);
    const path = machinePath({ namespace, name: NAME });
    const reply = await applyAs(
      cluster.connection,
      'devmachine-api',
      path,
      manifest(spec, { name: NAME, namespace }),
    );
    assert.equal(reply.status, 201, JSON.stringify(reply.body));

    const manifested = await waitFor('the release', async () => {
      const { status = {} } = await cluster.read(path);
      const failure = status.conditions?.find(({ type }: Stored) => type === 'ReleaseFailed');
      assert.equal(failure, undefined, failure?.message);
      return status.deployedRelease && (await deployedManifest(cluster, namespace));
    });
    // The cases expect the namespace that the chart tests render for.
    check(objects(manifested.replaceAll(namespace, 'team')));
    const made = objects(manifested);
    const core = `/api/v1/namespaces/${namespace}`;
    if ((spec as Stored).stopped) assert.deepEqual(await cluster.list(`${core}/pods`), []);
    else await assertPod(`${core}/pods`, made, tooLarge ? 'Pending' : 'Running');

    const claim = ofKind(made, 'PersistentVolumeClaim').find(
      ({ metadata }) => metadata.name === `${NAME}-disk`,
    );
    await remove(cluster, path);
    await waitFor(
      'the deletion of the machine and its pods',
      async () => !(await cluster.read(path)) && (await cluster.list(`${core}/pods`)).length === 0,
    );
    if (claim)
      await assertDisk(`${core}/persistentvolumeclaims/${NAME}-disk`, (spec as Stored).storage.retention);
  });
}

/** Waits until the pod is in `phase` and checks that it has all fields that the chart rendered. */
async function assertPod(path: string, made: Manifest[], phase: string): Promise<void> {
  const pod = await waitFor(`a pod that is ${phase}`, async () => {
    const [one] = await cluster.list(path);
    return one?.status.phase === phase && one;
  });
  // A pod that does not fit any node has large numbers, which the API server formats differently: 1M.
  if (phase === 'Running') assert.partialDeepStrictEqual(pod.spec, withoutTolerations(podOf(made)));
}

/** The API server adds tolerations. */
const withoutTolerations = ({ tolerations: _, ...spec }: Manifest): Manifest => spec;

async function assertDisk(path: string, retention = 'Retain'): Promise<void> {
  if (retention === 'Delete')
    await waitFor('the deletion of the disk', async () => !(await cluster.read(path)));
  else assert.equal((await cluster.read(path)).metadata.deletionTimestamp, undefined);
}

/** Creates the StorageClass, the mounted PVCs and the node labels that the machine refers to. */
async function createPrerequisites(
  namespace: string,
  { mounts = [], nodeSelector, storage }: Stored,
): Promise<void> {
  if (storage?.storageClassName) {
    const [standard] = (await cluster.list('/apis/storage.k8s.io/v1/storageclasses')).filter(
      ({ metadata }) => metadata.name === 'standard',
    );
    const { apiVersion, kind, provisioner } = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      ...standard,
    };
    const metadata = { name: storage.storageClassName };
    await make('/apis/storage.k8s.io/v1/storageclasses', { apiVersion, kind, metadata, provisioner });
  }
  for (const { pvc } of mounts) {
    if (!pvc) continue;
    await make(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: pvc.claimName },
      spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
    });
  }
  if (nodeSelector) {
    const labels = await applyAs(cluster.connection, 'test', '/api/v1/nodes/cpu-1', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { labels: nodeSelector },
    });
    assert.equal(labels.status, 200);
  }
}

async function make(path: string, body: object): Promise<void> {
  const { status, body: answer } = await create(cluster.connection, path, body);
  assert.ok(status === 201 || status === 409, JSON.stringify(answer));
}
