import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openClient } from '../../../src/kube/client/client.ts';
import { loadKubeConfig, withoutCredentials } from '../../../src/kube/client/kubeconfig.ts';
import { createTeam, EDITOR } from '../../auth/support/accounts.ts';
import { connect, testKubeconfig } from '../../support/cluster.ts';
import { until } from '../../support/until.ts';

/** WebSockets to a real API server, which refuses them: there is no pod. */

const PROTOCOLS = ['v5.channel.k8s.io'];

function open(t: TestContext, kubeconfig = testKubeconfig(), timeoutMs = 10_000) {
  const client = openClient(() => withoutCredentials(loadKubeConfig(kubeconfig)), { timeoutMs });
  t.after(() => client.close());
  return async (namespace: string, token: string) => {
    const response = await client.upgrade({
      path: `/api/v1/namespaces/${namespace}/pods/none/exec`,
      query: new URLSearchParams([
        ['command', 'a'],
        ['command', 'b'],
      ]),
      protocols: PROTOCOLS,
      authorization: `Bearer ${token}`,
      signal: new AbortController().signal,
    });
    return response as { readonly status: number; readonly body: { readonly message: string } };
  };
}

test('the refusal of the API server is the response, in its words', async (t) => {
  const { namespace, accounts } = await createTeam(connect(t), { editor: EDITOR, nobody: [] });
  const upgrade = open(t);
  const missing = await upgrade(namespace, accounts.editor.token);
  assert.deepEqual([missing.status, missing.body.message], [404, 'pods "none" not found']);
  const forbidden = await upgrade(namespace, accounts.nobody.token);
  assert.equal(forbidden.status, 403);
  assert.match(forbidden.body.message, /cannot get resource "pods\/exec"/);
  assert.equal((await upgrade(namespace, 'garbage')).status, 401);
});

/** A kubeconfig whose cluster has these fields. */
async function kubeconfigWith(t: TestContext, fields: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'devmachine-upgrade-'));
  t.after(() => rm(folder, { recursive: true }));
  const config = loadKubeConfig(testKubeconfig());
  const { server, caData, caFile } = config.getCurrentCluster() ?? assert.fail();
  const ca = caData ? { 'certificate-authority-data': caData } : { 'certificate-authority': caFile };
  const file = join(folder, 'kubeconfig');
  await writeFile(
    file,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server, ...ca, ...fields } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'c',
    }),
  );
  return file;
}

test('the way leads through the proxy of the kubeconfig', async (t) => {
  const asked: string[] = [];
  let tunnels = 0;
  const proxy = createServer().on('connect', ({ url = '' }, socket, head) => {
    asked.push(url);
    tunnels++;
    socket.on('close', () => tunnels--);
    const { hostname, port } = new URL(`http://${url}`);
    const target = connectTcp(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    for (const one of [socket, target]) one.on('error', () => undefined);
    t.after(() => target.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const kubeconfig = await kubeconfigWith(t, { 'proxy-url': `http://127.0.0.1:${port}` });
  const { namespace, accounts } = await createTeam(connect(t), { editor: EDITOR });
  assert.equal((await open(t, kubeconfig)(namespace, accounts.editor.token)).status, 404);
  const { host } = new URL(loadKubeConfig(testKubeconfig()).getCurrentCluster()?.server ?? '');
  assert.deepEqual(asked, [host]);
  await until('the connection to be closed', () => tunnels === 0);
});

test('an API server that is away, silent, or has a foreign certificate is an error', async (t) => {
  const silent = createTcpServer((socket) => {
    t.after(() => socket.destroy());
    socket.on('error', () => undefined).resume();
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const cases = [
    [{ server: 'https://127.0.0.1:1' }, 'cluster-unavailable'],
    [{ server: `https://127.0.0.1:${port}` }, 'cluster-timeout'],
    [{ 'certificate-authority-data': undefined, 'certificate-authority': undefined }, 'cluster-unavailable'],
  ] as const;
  for (const [fields, code] of cases) {
    const upgrade = open(t, await kubeconfigWith(t, fields), 1_000);
    await assert.rejects(upgrade('default', 'token'), { code }, JSON.stringify(fields));
  }
});
