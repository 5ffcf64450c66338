import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { Agent, request } from 'undici';
import { type ClusterClient, openClient } from '../../src/kube/client/client.ts';
import { clusterAddress, loadCredentials, loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';

/** The kubeconfig of the control plane that test/setup.ts started for this run. */
export const testKubeconfig = (): string => fromSetup('DEVMACHINE_TEST_KUBECONFIG');

/** A kubeconfig of the user "nobody", who has no rights at all. */
export const nobodysKubeconfig = (): string => fromSetup('DEVMACHINE_TEST_NOBODY');

function fromSetup(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error('no control plane: run the tests with `npm test`');
  return value;
}

/** Speaks to the cluster as its administrator, past the API under test. */
export function connect(t: TestContext, kubeconfig = testKubeconfig()): ClusterClient {
  const connection = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs: 30_000 });
  t.after(() => connection.close());
  return connection;
}

/** Posts bytes as they are, which a ClusterClient does not. */
export async function openRaw(t: TestContext) {
  const config = loadKubeConfig(testKubeconfig());
  const { tls, headers } = await loadCredentials(config);
  const agent = new Agent({ connect: tls, connections: 16 });
  t.after(() => agent.close());
  return async (path: string, body: string): Promise<{ status: number; answer: string }> => {
    const reply = await request(`${clusterAddress(config).origin}${path}`, {
      method: 'POST',
      dispatcher: agent,
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    return { status: reply.statusCode, answer: await reply.body.text() };
  };
}

/** A namespace of the test's own. */
export async function createNamespace(connection: ClusterClient, prefix = 'test'): Promise<string> {
  const name = `${prefix}-${randomUUID().slice(0, 8)}`;
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const reply = await create(connection, '/api/v1/namespaces', body);
  if (reply.status !== 201) throw new Error(`namespace ${name}: ${JSON.stringify(reply.body)}`);
  return name;
}

// biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it
type Reply = { status: number; body: any };

export const get = (cluster: ClusterClient, path: string): Promise<Reply> =>
  cluster.request({ path, signal: AbortSignal.timeout(30_000) });

/** A server-side apply under another manager than the API's. */
export const applyAs = (
  cluster: ClusterClient,
  fieldManager: string,
  path: string,
  body: unknown,
): Promise<Reply> =>
  cluster.request({
    method: 'PATCH',
    path,
    query: { fieldManager, force: 'true' },
    body,
    contentType: 'application/apply-patch+yaml',
    signal: AbortSignal.timeout(30_000),
  });

export const mergePatch = (cluster: ClusterClient, path: string, body: unknown): Promise<Reply> =>
  cluster.request({
    method: 'PATCH',
    path,
    query: { fieldManager: 'somebody' },
    body,
    contentType: 'application/merge-patch+json',
    signal: AbortSignal.timeout(30_000),
  });

export const create = (cluster: ClusterClient, path: string, body: unknown): Promise<Reply> =>
  cluster.request({
    method: 'POST',
    path,
    body,
    contentType: 'application/json',
    signal: AbortSignal.timeout(30_000),
  });
