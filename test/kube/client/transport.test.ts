import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { openClient } from '../../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../../src/kube/client/kubeconfig.ts';
import { connect, create, createNamespace, get, testKubeconfig } from '../../support/cluster.ts';
import { until } from '../../support/until.ts';

const VERSION = '/version';
const signal = () => AbortSignal.timeout(30_000);

/** A kubeconfig of the test's own, and the way to change its user. */
function ownKubeconfig(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'devmachine-kubeconfig-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'kubeconfig');
  const config = parse(readFileSync(testKubeconfig(), 'utf8'));
  const write = (user: object) => {
    writeFileSync(path, stringify({ ...config, users: [{ name: config.users[0].name, user }] }));
  };
  return { path, write, admin: config.users[0].user };
}

async function serviceAccountToken(t: TestContext): Promise<string> {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const metadata = { name: `user-${randomUUID().slice(0, 8)}` };
  assert.equal(
    (await create(cluster, path, { apiVersion: 'v1', kind: 'ServiceAccount', metadata })).status,
    201,
  );
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const response = await create(cluster, `${path}/${metadata.name}/token`, request);
  assert.equal(response.status, 201);
  return response.body.status.token;
}

test('a token that was rotated is read again when the old one is refused', async (t) => {
  const kubeconfig = ownKubeconfig(t);
  kubeconfig.write({ token: 'worn-out' });
  const client = openClient(() => loadKubeConfig(kubeconfig.path), { timeoutMs: 10_000 });
  t.after(() => client.close());
  assert.equal((await get(client, VERSION)).status, 401);

  kubeconfig.write({ token: await serviceAccountToken(t) });
  await until('the new credentials', async () => (await get(client, VERSION)).status !== 401);
  assert.equal((await get(client, VERSION)).status, 200);
});

test('a client certificate in the place of a token opens new connections', async (t) => {
  const kubeconfig = ownKubeconfig(t);
  kubeconfig.write({ token: 'worn-out' });
  const client = openClient(() => loadKubeConfig(kubeconfig.path), { timeoutMs: 10_000 });
  t.after(() => client.close());
  assert.equal((await get(client, VERSION)).status, 401);
  kubeconfig.write(kubeconfig.admin);
  await until('the new credentials', async () => (await get(client, VERSION)).status !== 401);
  assert.equal((await get(client, '/api/v1/nodes')).status, 200);
});

test("the caller's signal ends a request with the caller's reason", async (t) => {
  const client = connect(t);
  const reason = new Error('gone');
  await assert.rejects(client.request({ path: VERSION, signal: AbortSignal.abort(reason) }), reason);
});

test('a plugin that does not come back with credentials holds nobody longer than the time limit', async (t) => {
  const kubeconfig = ownKubeconfig(t);
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sleep',
    args: ['5'],
    interactiveMode: 'Never',
  };
  kubeconfig.write({ exec });
  const client = openClient(() => loadKubeConfig(kubeconfig.path), { timeoutMs: 300 });
  t.after(() => client.close());
  await assert.rejects(client.request({ path: VERSION, signal: signal() }), { code: 'cluster-timeout' });
});

test('a token file is read, and missing files among several are passed over', async (t) => {
  const kubeconfig = ownKubeconfig(t);
  writeFileSync(join(dirname(kubeconfig.path), 'token'), `${await serviceAccountToken(t)}\n`);
  kubeconfig.write({ tokenFile: 'token' });
  const files = ['/no/such/file', kubeconfig.path].join(delimiter);
  const client = openClient(() => loadKubeConfig(files), { timeoutMs: 10_000 });
  t.after(() => client.close());
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  assert.match((await create(client, path, review)).body.status.userInfo.username, /^system:serviceaccount:/);
});

test('nobody there, and an unknown authority, are an unavailable cluster', async (t) => {
  const config = parse(readFileSync(testKubeconfig(), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'devmachine-kubeconfig-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cluster = config.clusters[0].cluster;
  const { 'certificate-authority-data': _data, 'certificate-authority': _file, ...untrusted } = cluster;
  for (const other of [{ ...cluster, server: 'https://127.0.0.1:1' }, untrusted]) {
    const path = join(folder, 'kubeconfig');
    writeFileSync(path, stringify({ ...config, clusters: [{ ...config.clusters[0], cluster: other }] }));
    const client = openClient(() => loadKubeConfig(path), { timeoutMs: 10_000 });
    await assert.rejects(client.request({ path: VERSION, signal: signal() }), (error: unknown) => {
      assert.ok(error instanceof DevMachineError);
      return error.code === 'cluster-unavailable';
    });
    await client.close();
  }
});

test('200 requests at once share 64 connections', async (t) => {
  const client = connect(t);
  let connected = 0;
  const count = () => {
    connected++;
  };
  subscribe('undici:client:connected', count);
  t.after(() => unsubscribe('undici:client:connected', count));
  const replies = await Promise.all(Array.from({ length: 200 }, () => get(client, VERSION)));
  assert.ok(replies.every(({ status }) => status === 200));
  assert.ok(connected >= 1 && connected <= 64, `${connected} connections`);
});

test('a large answer, which comes compressed, is whole', async (t) => {
  const { status, headers, body } = await connect(t).request({ path: '/openapi/v2', signal: signal() });
  assert.equal(status, 200);
  assert.equal(headers['content-encoding'], 'gzip');
  assert.equal((body as { swagger: string }).swagger, '2.0');
});

test('a kubeconfig that is missing or broken is an error that names it', () => {
  assert.throws(() => loadKubeConfig('/no/such/file'), /kubeconfig \/no\/such\/file cannot be read/);
  const folder = mkdtempSync(join(tmpdir(), 'devmachine-kubeconfig-'));
  const path = join(folder, 'broken');
  writeFileSync(path, stringify({ apiVersion: 'v1', kind: 'Config', clusters: [], users: [], contexts: [] }));
  assert.throws(() => loadKubeConfig(path), /names no cluster/);
  rmSync(folder, { recursive: true });
});
