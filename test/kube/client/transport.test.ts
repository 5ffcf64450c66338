import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { type ClusterClient, openClient } from '../../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../../src/kube/client/kubeconfig.ts';
import {
  accountsPath,
  connect,
  create,
  createNamespace,
  createToken,
  get,
  testKubeconfig,
} from '../../support/cluster.ts';
import { until } from '../../support/until.ts';

const VERSION = '/version';
const signal = () => AbortSignal.timeout(30_000);

/** A kubeconfig for one test, a copy of the control plane's. */
function createKubeconfig(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'devmachine-kubeconfig-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'kubeconfig');
  const original = parse(readFileSync(testKubeconfig(), 'utf8'));
  const [{ cluster }] = original.clusters;
  const [{ user: admin }] = original.users;
  return {
    path,
    cluster,
    admin,
    write(changed: { cluster?: object; user?: object }) {
      const clusters = [{ ...original.clusters[0], cluster: changed.cluster ?? cluster }];
      const users = [{ ...original.users[0], user: changed.user ?? admin }];
      writeFileSync(path, stringify({ ...original, clusters, users }));
    },
  };
}

function openTestClient(t: TestContext, kubeconfig: string, timeoutMs = 10_000): ClusterClient {
  const client = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs });
  t.after(() => client.close());
  return client;
}

/** A client whose credentials the API server refuses, until the test writes others. */
async function openRefusedClient(t: TestContext) {
  const kubeconfig = createKubeconfig(t);
  kubeconfig.write({ user: { token: 'expired' } });
  const client = openTestClient(t, kubeconfig.path);
  assert.equal((await get(client, VERSION)).status, 401);
  return { kubeconfig, client };
}

const untilAccepted = (client: ClusterClient) =>
  until('the new credentials to be accepted', async () => (await get(client, VERSION)).status !== 401);

async function serviceAccountToken(t: TestContext): Promise<string> {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const metadata = { name: `user-${randomUUID().slice(0, 8)}` };
  assert.equal((await create(cluster, accountsPath(namespace), { metadata })).status, 201);
  return createToken(cluster, { namespace, name: metadata.name });
}

test('reads a rotated token again when the old one is refused', async (t) => {
  const { kubeconfig, client } = await openRefusedClient(t);
  kubeconfig.write({ user: { token: await serviceAccountToken(t) } });
  await untilAccepted(client);
  assert.equal((await get(client, VERSION)).status, 200);
});

test('a client certificate that replaces a token opens new connections', async (t) => {
  const { kubeconfig, client } = await openRefusedClient(t);
  kubeconfig.write({ user: kubeconfig.admin });
  await untilAccepted(client);
  assert.equal((await get(client, '/api/v1/nodes')).status, 200);
});

test("aborting the caller's signal ends a request with its reason", async (t) => {
  const client = connect(t);
  const reason = new Error('aborted');
  await assert.rejects(client.request({ path: VERSION, signal: AbortSignal.abort(reason) }), reason);
});

test('a credential plugin that hangs does not outlast the deadline', async (t) => {
  const kubeconfig = createKubeconfig(t);
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sleep',
    args: ['5'],
    interactiveMode: 'Never',
  };
  kubeconfig.write({ user: { exec } });
  const client = openTestClient(t, kubeconfig.path, 300);
  await assert.rejects(client.request({ path: VERSION, signal: signal() }), { code: 'cluster-timeout' });
});

test('reads a token file, and skips missing kubeconfig files', async (t) => {
  const kubeconfig = createKubeconfig(t);
  writeFileSync(join(dirname(kubeconfig.path), 'token'), `${await serviceAccountToken(t)}\n`);
  kubeconfig.write({ user: { tokenFile: 'token' } });
  const files = ['/no/such/file', kubeconfig.path].join(delimiter);
  const client = openTestClient(t, files);
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  assert.match((await create(client, path, review)).body.status.userInfo.username, /^system:serviceaccount:/);
});

test('a refused connection and an unknown certificate authority are cluster-unavailable', async (t) => {
  const { path, cluster, write } = createKubeconfig(t);
  const { 'certificate-authority-data': _data, 'certificate-authority': _file, ...untrusted } = cluster;
  for (const other of [{ ...cluster, server: 'https://127.0.0.1:1' }, untrusted]) {
    write({ cluster: other });
    const client = openTestClient(t, path);
    await assert.rejects(client.request({ path: VERSION, signal: signal() }), (error: unknown) => {
      assert.ok(error instanceof DevMachineError);
      return error.code === 'cluster-unavailable';
    });
  }
});

test('200 concurrent requests share 64 connections', async (t) => {
  const client = connect(t);
  let connected = 0;
  const count = () => {
    connected++;
  };
  subscribe('undici:client:connected', count);
  t.after(() => unsubscribe('undici:client:connected', count));
  const responses = await Promise.all(Array.from({ length: 200 }, () => get(client, VERSION)));
  assert.ok(responses.every(({ status }) => status === 200));
  assert.ok(connected >= 1 && connected <= 64, `${connected} connections`);
});

test('reads a large compressed response', async (t) => {
  const { status, headers, body } = await connect(t).request({ path: '/openapi/v2', signal: signal() });
  assert.equal(status, 200);
  assert.equal(headers['content-encoding'], 'gzip');
  assert.equal((body as { swagger: string }).swagger, '2.0');
});

test('a missing or invalid kubeconfig fails with an error that describes it', () => {
  assert.throws(() => loadKubeConfig('/no/such/file'), /kubeconfig \/no\/such\/file cannot be read/);
  const folder = mkdtempSync(join(tmpdir(), 'devmachine-kubeconfig-'));
  const path = join(folder, 'broken');
  writeFileSync(path, stringify({ apiVersion: 'v1', kind: 'Config', clusters: [], users: [], contexts: [] }));
  assert.throws(() => loadKubeConfig(path), /names no cluster/);
  rmSync(folder, { recursive: true });
});
