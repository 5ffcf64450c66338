import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { applyNamespace } from '../../dev/apply.ts';
import { type ControlPlane, startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { type ClientTls, createKubeClient } from '../../dev/kube-client.ts';
import { until } from '../support/until.ts';
import { atEnd, isAlive, temporaryFolder } from './support/processes.ts';

let stateDir: string;
let controlPlane: ControlPlane;

before(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'devmachine-control-plane-'));
  controlPlane = await startControlPlane({ stateDir });
});

after(async () => {
  await controlPlane?.stop();
  await rm(stateDir, { recursive: true, force: true });
});

async function get(path: string, server = controlPlane.server, tls: ClientTls = controlPlane.tls) {
  const client = createKubeClient(server, tls);
  try {
    return await client.get(path);
  } finally {
    await client.close();
  }
}

test('the API server reports the version of Kubernetes', async () => {
  assert.match(JSON.parse((await get('/version')).text).gitVersion, /^v1\.\d+\.\d+/);
});

test('the option apiserver runs another version on the same etcd', async (t) => {
  const other = await startControlPlane({ stateDir: await temporaryFolder(t), apiserver: '1.30' });
  atEnd(t, () => other.stop());
  assert.match(JSON.parse((await get('/version', other.server, other.tls)).text).gitVersion, /^v1\.30\./);
});

test('kubeconfigFor authenticates as the user with the groups, and RBAC applies', async () => {
  const file = await controlPlane.kubeconfigFor('team/alice: x', ['one', 'two']);
  assert.notEqual(file, await controlPlane.kubeconfigFor('team/alice: x'));
  const { clusters, users } = parse(readFileSync(file, 'utf8'));
  assert.equal(clusters[0].cluster.server, controlPlane.server);
  const pem = (key: string) => Buffer.from(users[0].user[key], 'base64').toString();
  const tls = { ...controlPlane.tls, cert: pem('client-certificate-data'), key: pem('client-key-data') };
  const answer = await get('/api/v1/secrets', controlPlane.server, tls);
  assert.equal(answer.status, 403);
  assert.match(answer.text, /User \\"team\/alice: x\\" cannot list resource/);
});

test("etcd accepts the API server's certificate only", async () => {
  const { etcd, pki, tls } = controlPlane;
  const ours = { ca: pki.etcdCa.cert, cert: pki.etcdClient.cert, key: pki.etcdClient.key };
  assert.equal((await get('/health', etcd.url, ours)).status, 200);
  await assert.rejects(get('/health', etcd.url, { ...tls, ca: pki.etcdCa.cert }));
});

test('a second start with the same state directory fails', async () => {
  await assert.rejects(startControlPlane({ stateDir }), /already running/);
  assert.equal((await get('/readyz')).status, 200);
});

test('after a kill, the API server restarts with the same address and the same data', async () => {
  await applyNamespace(controlPlane, 'killed-apiserver');
  const { apiserver, server } = controlPlane;
  const pid = apiserver.pid ?? 0;
  await apiserver.kill('SIGKILL');
  assert.equal(apiserver.pid, undefined);
  assert.ok(!isAlive(pid));
  await assert.rejects(get('/readyz'));
  await apiserver.start();
  assert.equal(apiserver.url, server);
  assert.notEqual(apiserver.pid, pid);
  assert.equal((await get('/api/v1/namespaces/killed-apiserver')).status, 200);
});

test('after a kill and a stop, etcd restarts with the same data under a running API server', async () => {
  await applyNamespace(controlPlane, 'killed-etcd');
  const { etcd } = controlPlane;
  await etcd.kill('SIGKILL');
  await etcd.start();
  await etcd.start();
  await etcd.stop();
  assert.equal(etcd.pid, undefined);
  await etcd.start();
  // The API server reconnects after a delay.
  await until('a ready API server', async () => (await get('/readyz')).status === 200);
  assert.equal((await get('/api/v1/namespaces/killed-etcd')).status, 200);
});

test("a CRD is served when applyCrd resolves, and the error for an invalid CRD contains the cluster's message", async (t) => {
  const file = join(await temporaryFolder(t), 'crd.yaml');
  await writeFile(file, crdDocument('string'));
  await applyCrd(controlPlane, file);
  assert.equal((await get('/apis/example.org/v1/gadgets')).status, 200);
  await applyCrd(controlPlane, file);
  await writeFile(file, crdDocument('nonsense'));
  await assert.rejects(applyCrd(controlPlane, file), /The cluster refused .*crd\.yaml.*nonsense/s);
});

test('a second control plane runs at the same time, and its data, CA and users survive a stop', async (t) => {
  const dir = await temporaryFolder(t);
  const lines: string[] = [];
  const first = await startControlPlane({ stateDir: dir, durable: true, log: (line) => lines.push(line) });
  atEnd(t, () => first.stop());
  assert.notEqual(first.server, controlPlane.server);
  assert.match(lines.join('\n'), /etcd is ready.+kube-apiserver is ready/s);
  await applyNamespace(first, 'kept');
  const pids = [first.etcd.pid ?? 0, first.apiserver.pid ?? 0];
  assert.ok(pids.every(isAlive));
  await first.stop();
  assert.ok(!pids.some(isAlive));
  assert.ok(!existsSync(join(dir, 'processes.json')));

  const second = await startControlPlane({ stateDir: dir, durable: true });
  atEnd(t, () => second.stop());
  assert.deepEqual(second.tls, first.tls);
  assert.equal((await get('/api/v1/namespaces/kept', second.server, first.tls)).status, 200);
});

test('an aborted start ends the programs that run by then', async (t) => {
  const dir = await temporaryFolder(t);
  const giveUp = new AbortController();
  let pids: number[] = [];
  const log = () => {
    const { processes } = JSON.parse(readFileSync(join(dir, 'processes.json'), 'utf8'));
    pids = processes.map(({ pid }: { pid: number }) => pid);
    giveUp.abort(new Error('given up'));
  };
  await assert.rejects(startControlPlane({ stateDir: dir, log, signal: giveUp.signal }), /given up/);
  assert.equal(pids.length, 1);
  assert.ok(!pids.some(isAlive));
  assert.ok(!existsSync(join(dir, 'processes.json')));
});

test('the unexpected end of a program is reported', async (t) => {
  const dir = await temporaryFolder(t);
  const ended = Promise.withResolvers<string>();
  const other = await startControlPlane({ stateDir: dir, onExit: ended.resolve });
  atEnd(t, () => other.stop());
  process.kill(other.apiserver.pid ?? 0, 'SIGKILL');
  assert.match(await ended.promise, /kube-apiserver ended unexpectedly \(signal SIGKILL\)\. Its log is /);
});

function crdDocument(type: string): string {
  return `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: gadgets.example.org
spec:
  group: example.org
  scope: Namespaced
  names: { plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            size: { type: ${type} }
`;
}
