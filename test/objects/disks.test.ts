import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DevMachineError } from '../../src/devmachine/errors.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import type { KubeRequest, RequestClient } from '../../src/kube/client/transport.ts';
import { deleteDisk } from '../../src/kube/objects/delete-disk.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { createTeam, EDITOR, type Rule, VIEWER } from '../auth/support/accounts.ts';
import { auditLines, outcome, startAuthBackend } from '../auth/support/backend.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { applyAs, connect, create, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { addAccess, addDisk, claimsPath, secretsPath } from '../support/kept-objects.ts';
import { until } from '../support/until.ts';

/** The disks that outlive their machines. The finalizer that protects claims stays: no controller runs here. */

const without = (verb: string, resource: string): Rule[] =>
  EDITOR.map((rule) => ({
    ...rule,
    verbs: rule.verbs.filter((one) => one !== verb || !rule.resources.includes(resource)),
  })).filter(({ verbs }) => verbs.length > 0);

async function open(t: TestContext) {
  const cluster = connect(t);
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(cluster, {
    editor: EDITOR,
    viewer: VIEWER,
    secretless: without('delete', 'secrets'),
    podless: without('list', 'pods'),
  });
  const disks = `/api/v1/disks?namespace=${namespace}`;
  const call = api.as(accounts.editor.token);
  return {
    cluster,
    api,
    namespace,
    call,
    as: (account: keyof typeof accounts) => api.as(accounts[account].token),
    disks,
    list: async () => {
      const { status, body } = await call('GET', disks);
      assert.equal(status, 200, JSON.stringify(body));
      return body.items.map(({ name }: { name: string }) => name);
    },
    machine: (name: string) =>
      call('POST', `/api/v1/devmachines?namespace=${namespace}`, manifest(EXAMPLE_SPEC, { name })),
    ...stateOf(cluster, namespace),
  };
}

/** What is there: nothing, something that is being deleted, or something. */
function stateOf(cluster: ClusterClient, namespace: string) {
  const state = async (path: string) => {
    const { status, body } = await get(cluster, path);
    if (status === 404) return 'gone';
    return body.metadata.deletionTimestamp ? 'deleting' : 'there';
  };
  return {
    claim: (name: string) => state(`${claimsPath(namespace)}/${name}`),
    secret: (name: string) => state(`${secretsPath(namespace)}/${name}`),
  };
}

test('the list has the disks of machines that are gone, and nothing else', async (t) => {
  const { cluster, namespace, call, as, disks, list, machine } = await open(t);
  assert.deepEqual(await list(), []);
  const { metadata } = await addDisk(cluster, namespace, 'gone');
  await addDisk(cluster, namespace, 'alive');
  assert.equal((await machine('alive')).status, 201);
  await addDisk(cluster, namespace, 'released', { annotations: {} });
  await addDisk(cluster, namespace, 'mount', { name: 'mount-m-0123456789ab' });
  await addDisk(cluster, namespace, 'foreign', { labels: {} });
  const item = {
    name: 'gone-disk',
    machine: 'gone',
    size: '20Gi',
    storageClassName: 'standard',
    createdAt: metadata.creationTimestamp,
  };
  assert.deepEqual((await call('GET', disks)).body, { items: [item] });

  const remove = await call('DELETE', `/api/v1/devmachines?namespace=${namespace}&name=alive`);
  assert.equal(remove.status, 202);
  assert.deepEqual(await list(), ['alive-disk', 'gone-disk']);
  // Created past the backend.
  const path = machinePath({ namespace, name: 'gone' });
  const body = manifest(EXAMPLE_SPEC, { namespace, name: 'gone' });
  assert.equal((await applyAs(cluster, 'somebody', path, body)).status, 201);
  assert.deepEqual(await list(), ['alive-disk']);
  assert.equal((await machine('alive')).status, 201);
  assert.deepEqual(await list(), []);

  const refused = await as('viewer')('GET', disks);
  assert.equal(outcome(refused), '403 forbidden');
  assert.match(refused.body.detail, / cannot list resource "persistentvolumeclaims" in API group "" /);
});

test('a disk is deleted with the password of its machine', async (t) => {
  const { cluster, api, namespace, call, disks, list, claim, secret } = await open(t);
  await addDisk(cluster, namespace, 'gone');
  await addAccess(cluster, namespace, 'gone');
  await addDisk(cluster, namespace, 'other');
  await addAccess(cluster, namespace, 'other');
  const path = `${disks}&name=gone-disk`;
  const { status, body } = await call('DELETE', path);
  assert.deepEqual([status, body], [202, { name: 'gone-disk', namespace }]);
  assert.deepEqual([await claim('gone-disk'), await secret('gone-access')], ['deleting', 'gone']);
  assert.deepEqual(await list(), ['other-disk']);
  assert.deepEqual([await claim('other-disk'), await secret('other-access')], ['there', 'there']);
  assert.equal((await call('DELETE', path)).status, 202, 'while the claim goes');

  await mergePatch(cluster, `${claimsPath(namespace)}/gone-disk`, { metadata: { finalizers: null } });
  assert.equal(await claim('gone-disk'), 'gone');
  assert.equal(outcome(await call('DELETE', path)), '404 disk-not-found');
  // An earlier request was interrupted between the two.
  await addAccess(cluster, namespace, 'gone');
  assert.equal((await call('DELETE', path)).status, 202);
  assert.equal(await secret('gone-access'), 'gone');

  await until('the audit log', () => auditLines(api).length >= 4);
  const [line] = auditLines(api);
  const user = `system:serviceaccount:${namespace}:editor`;
  const resource = 'persistentvolumeclaims';
  const of = { namespace, name: 'gone-disk' };
  assert.deepEqual(line?.audit, { user, verb: 'delete', resource, ...of, status: 202 });
});

test('a claim that is not the disk of a machine is not deleted', async (t) => {
  const { cluster, namespace, call, disks, claim } = await open(t);
  await addDisk(cluster, namespace, 'released', { annotations: {} });
  await addDisk(cluster, namespace, 'mount', { name: 'mount-m-0123456789ab' });
  await addDisk(cluster, namespace, 'foreign', { labels: {} });
  await addDisk(cluster, namespace, 'other', { name: 'renamed-disk' });
  await addAccess(cluster, namespace, 'released');
  const names = [
    'released-disk',
    'mount-m-0123456789ab',
    'foreign-disk',
    'renamed-disk',
    'missing-disk',
    'x',
  ];
  for (const name of names) {
    const response = await call('DELETE', `${disks}&name=${name}`);
    assert.equal(outcome(response), '404 disk-not-found', name);
    assert.equal(response.body.errors[0].parameter, 'name');
    if (!/missing|x/.test(name)) assert.equal(await claim(name), 'there', name);
  }
  assert.equal(outcome(await call('DELETE', `${disks}&name=A`)), '400 invalid-request');
});

test('a disk in use is not deleted: its machine exists, or a pod has it', async (t) => {
  const { cluster, namespace, call, disks, machine, claim, secret } = await open(t);
  await addDisk(cluster, namespace, 'gone');
  await addAccess(cluster, namespace, 'gone');
  const remove = () => call('DELETE', `${disks}&name=gone-disk`);
  const core = `/api/v1/namespaces/${namespace}`;
  const pod = {
    metadata: { name: 'backup' },
    spec: {
      serviceAccountName: 'editor',
      automountServiceAccountToken: false,
      containers: [{ name: 'backup', image: 'debian:12' }],
      volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'gone-disk' } }],
    },
  };
  assert.equal((await create(cluster, `${core}/pods`, pod)).status, 201);
  const used = await remove();
  assert.equal(outcome(used), '409 disk-in-use');
  assert.equal(used.body.detail, 'The pod backup uses the disk gone-disk.');
  await mergePatch(cluster, `${core}/pods/backup/status`, { status: { phase: 'Succeeded' } });

  assert.equal((await machine('gone')).status, 201);
  const again = await remove();
  assert.equal(outcome(again), '409 disk-in-use');
  assert.match(again.body.detail, /^The machine gone exists and owns the disk/);
  assert.deepEqual([await claim('gone-disk'), await secret('gone-access')], ['there', 'there']);

  await call('DELETE', `/api/v1/devmachines?namespace=${namespace}&name=gone`);
  assert.equal((await remove()).status, 202);
});

test('without one of the rights, nothing is deleted', async (t) => {
  const { cluster, namespace, as, disks, claim, secret } = await open(t);
  await addDisk(cluster, namespace, 'gone');
  await addAccess(cluster, namespace, 'gone');
  for (const [account, right] of [
    ['viewer', 'delete resource "persistentvolumeclaims"'],
    ['secretless', 'delete resource "secrets"'],
    ['podless', 'list resource "pods"'],
  ] as const) {
    const response = await as(account)('DELETE', `${disks}&name=gone-disk`);
    assert.equal(outcome(response), '403 forbidden', account);
    assert.ok(
      response.body.detail.includes(` cannot ${right} in API group "" in the namespace "${namespace}"`),
    );
    assert.deepEqual([await claim('gone-disk'), await secret('gone-access')], ['there', 'there']);
  }
});

/** Deletes the disk `gone-disk`, and does `meanwhile` before or after each request that it sends. */
async function race(
  t: TestContext,
  meanwhile: (
    cluster: ClusterClient,
    namespace: string,
    request: KubeRequest,
    sent: boolean,
  ) => Promise<unknown>,
) {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster, 'race');
  await addDisk(cluster, namespace, 'gone');
  await addAccess(cluster, namespace, 'gone');
  const racing: RequestClient = {
    async request(request) {
      await meanwhile(cluster, namespace, request, false);
      const response = await cluster.request(request);
      await meanwhile(cluster, namespace, request, true);
      return response;
    },
  };
  const result = await deleteDisk(racing, { namespace, name: 'gone-disk' }, t.signal).then(
    () => 'deleted',
    ({ code }: DevMachineError) => code,
  );
  const { claim, secret } = stateOf(cluster, namespace);
  return [result, await claim('gone-disk'), await secret('gone-access')];
}

const takeOver = (cluster: ClusterClient, path: string) =>
  mergePatch(cluster, path, { metadata: { annotations: { 'ide.example.com/machine-uid': '1' } } });

test('a machine that is created meanwhile keeps its disk', async (t) => {
  const isMachine = ({ path }: KubeRequest) => path.endsWith('/devmachines/gone');
  const createMachine = (cluster: ClusterClient, namespace: string) =>
    create(cluster, machinesPath(namespace), manifest(EXAMPLE_SPEC, { name: 'gone' }));
  const before = await race(t, async (cluster, namespace, request, sent) => {
    if (isMachine(request) && !sent) await createMachine(cluster, namespace);
  });
  assert.deepEqual(before, ['disk-in-use', 'there', 'there']);
  // The operator has given the disk to the machine.
  const taken = await race(t, async (cluster, namespace, request, sent) => {
    if (isMachine(request) && sent) await takeOver(cluster, `${claimsPath(namespace)}/gone-disk`);
  });
  assert.deepEqual(taken, ['disk-in-use', 'there', 'there']);
  // Only the password is still there when the machine comes.
  const late = await race(t, async (cluster, namespace, { method, path }, sent) => {
    if (method === 'DELETE' && path.endsWith('-disk') && sent)
      await takeOver(cluster, `${secretsPath(namespace)}/gone-access`);
  });
  assert.deepEqual(late, ['deleted', 'deleting', 'there']);
});

test('a disk whose status Kubernetes changes meanwhile is deleted, unless it changes each time', async (t) => {
  const changeStatus = (times: number) =>
    race(t, async (cluster, namespace, { method, path }, sent) => {
      if (method !== 'DELETE' || !path.endsWith('-disk') || sent || times-- === 0) return;
      // What kube-controller-manager writes when the last pod is gone.
      const { status } = await mergePatch(cluster, `${claimsPath(namespace)}/gone-disk/status`, {
        status: { conditions: [{ type: 'Unused', status: times % 2 === 0 ? 'True' : 'False' }] },
      });
      assert.equal(status, 200);
    });
  assert.deepEqual(await changeStatus(2), ['deleted', 'deleting', 'gone']);
  assert.deepEqual(await changeStatus(3), ['disk-in-use', 'there', 'there']);
});

test('a request that is repeated because its answer was lost succeeds', async (t) => {
  const lost = await race(t, async (cluster, _, request, sent) => {
    if (request.method === 'DELETE' && !sent) await cluster.request(request);
  });
  assert.deepEqual(lost, ['deleted', 'deleting', 'gone']);
});
