import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent, request } from 'undici';
import { parse, stringify } from 'yaml';
import { type ControlPlane, startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { connect, create, get, mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const CRD = join(import.meta.dirname, '../../crd/devmachine-crd.yaml');
const PASSWORD = 'hunter2-in-a-manifest';

test('a manifest that was stored before the CRD closed the status is never answered, and goes with the next write', async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const controlPlane = await startControlPlane({ stateDir });
  t.after(async () => {
    await controlPlane.stop();
    await rm(stateDir, { recursive: true });
  });
  const cluster = connect(t, controlPlane.kubeconfig);
  const former = join(stateDir, 'former-crd.yaml');
  const crd = parse(await readFile(CRD, 'utf8'));
  const { properties } = crd.spec.versions[0].schema.openAPIV3Schema;
  properties.status = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await writeFile(former, stringify(crd));
  await applyCrd(controlPlane, former);

  const path = machinePath({ namespace: 'default', name: 'm' });
  assert.equal(
    (await create(cluster, machinesPath('default'), manifest(EXAMPLE_SPEC, { name: 'm' }))).status,
    201,
  );
  const status = { conditions: [], deployedRelease: { name: 'm', manifest: PASSWORD } };
  assert.equal((await mergePatch(cluster, `${path}/status`, { status })).status, 200);

  await applyCrd(controlPlane, CRD);
  const answer = async () => JSON.stringify((await get(cluster, path)).body);
  await until('the API server to prune the status', async () => !(await answer()).includes(PASSWORD));
  assert.ok(await isInEtcd(controlPlane, 'm'), 'etcd should keep the manifest until the next write');

  const annotations = { 'ide.example.com/rewritten': 'now' };
  assert.equal((await mergePatch(cluster, path, { metadata: { annotations } })).status, 200);
  assert.ok(!(await isInEtcd(controlPlane, 'm')));
});

/** Whether the object in etcd contains the password, through etcd's JSON gateway. */
async function isInEtcd({ etcd, pki }: ControlPlane, name: string): Promise<boolean> {
  const tls = { ca: pki.etcdCa.cert, cert: pki.etcdClient.cert, key: pki.etcdClient.key };
  const dispatcher = new Agent({ connect: tls });
  try {
    const key = btoa(`/registry/ide.example.com/devmachines/default/${name}`);
    const { body } = await request(`${etcd.url}/v3/kv/range`, {
      method: 'POST',
      body: JSON.stringify({ key }),
      dispatcher,
    });
    const { kvs = [] } = (await body.json()) as { kvs?: { value: string }[] };
    assert.equal(kvs.length, 1);
    return atob(kvs[0]?.value ?? '').includes(PASSWORD);
  } finally {
    await dispatcher.close();
  }
}
