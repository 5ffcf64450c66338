import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request as forward, Agent as HttpsAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import { sharedControlPlane } from '../faults/support/environment.ts';
import { connect } from '../support/cluster.ts';
import { createTeam, EDITOR } from './support/accounts.ts';
import { outcome, startAuthBackend } from './support/backend.ts';

test('nobody is admitted if something on the way to the cluster authenticates every request by itself', async (t) => {
  const { server, tls } = await sharedControlPlane();
  const agent = new HttpsAgent({ ...tls, keepAlive: true });
  // As `kubectl proxy` does it.
  const proxy = createServer((incoming, outgoing) => {
    const { host, authorization, ...headers } = incoming.headers;
    const options = { method: incoming.method, headers, agent };
    const forwarded = forward(`${server}${incoming.url}`, options, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      outgoing.flushHeaders();
      response.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => {
    agent.destroy();
    proxy.closeAllConnections();
    proxy.close();
  });
  const { port } = proxy.address() as AddressInfo;
  const kubeconfig = await writeKubeconfig(t, `http://127.0.0.1:${port}`);
  const api = await startAuthBackend(t, { kubeconfig });
  const { accounts } = await createTeam(connect(t), { editor: EDITOR });
  for (const token of ['garbage', accounts.editor.token])
    assert.equal(outcome(await api.as(token)('GET', '/api/v1/templates')), '503 cluster-unavailable');
});

async function writeKubeconfig(t: TestContext, server: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'devmachine-auth-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'kubeconfig');
  const context = { cluster: 'proxy', user: 'nobody' };
  await writeFile(
    path,
    stringify({
      clusters: [{ name: 'proxy', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'nobody', user: {} }],
      contexts: [{ name: 'proxy', context }],
      'current-context': 'proxy',
    }),
  );
  return path;
}
