import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { Agent, request } from 'undici';
import { type ClusterClient, openClient } from '../../src/kube/client/client.ts';
import { clusterAddress, loadCredentials, loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';

/** The kubeconfig of the control plane that test/setup.ts started for this run. */
export const testKubeconfig = (): string => fromSetup('DEVMACHINE_TEST_KUBECONFIG');

/** The kubeconfig of the backend's account, which has the rights of deploy/ and may write machines. */
export const backendKubeconfig = (): string => fromSetup('DEVMACHINE_TEST_BACKEND');

/** The kubeconfig of a user without any permission. */
export const unprivilegedKubeconfig = (): string => fromSetup('DEVMACHINE_TEST_NOBODY');

function fromSetup(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error('no control plane: run the tests with `npm test`');
  return value;
}

/** Connects to the cluster as its administrator, bypassing the backend. */
export function connect(t: TestContext, kubeconfig = testKubeconfig()): ClusterClient {
  const client = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs: 30_000 });
  t.after(() => client.close());
  return client;
}

/** Returns a function that posts a body unchanged; a ClusterClient would serialize it. */
export async function openRaw(t: TestContext) {
  const config = loadKubeConfig(testKubeconfig());
  const { tls, headers } = await loadCredentials(config);
  const agent = new Agent({ connect: tls, connections: 16 });
  t.after(() => agent.close());
  return async (path: string, body: string): Promise<{ status: number; text: string }> => {
    const response = await request(`${clusterAddress(config).origin}${path}`, {
      method: 'POST',
      dispatcher: agent,
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    return { status: response.statusCode, text: await response.body.text() };
  };
}

/** Creates a namespace for one test. */
export async function createNamespace(cluster: ClusterClient, prefix = 'test'): Promise<string> {
  const name = `${prefix}-${randomUUID().slice(0, 8)}`;
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const response = await create(cluster, '/api/v1/namespaces', body);
  if (response.status !== 201) throw new Error(`namespace ${name}: ${JSON.stringify(response.body)}`);
  return name;
}

// biome-ignore lint/suspicious/noExplicitAny: tests assert on the fields that they need
type Response = { status: number; body: any };

export const get = (cluster: ClusterClient, path: string): Promise<Response> =>
  cluster.request({ path, signal: AbortSignal.timeout(30_000) });

export const accountsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/serviceaccounts`;

/** Resolves to a token of a service account. `spec` is that of the TokenRequest. */
export async function createToken(
  cluster: ClusterClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  spec: object = {},
): Promise<string> {
  const { status, body } = await create(cluster, `${accountsPath(namespace)}/${name}/token`, { spec });
  if (status !== 201) throw new Error(`a token of ${name}: ${JSON.stringify(body)}`);
  return body.status.token;
}

/** Applies an object as another field manager, with force. */
export const applyAs = (
  cluster: ClusterClient,
  fieldManager: string,
  path: string,
  body: unknown,
): Promise<Response> =>
  cluster.request({
    method: 'PATCH',
    path,
    query: { fieldManager, force: 'true' },
    body,
    contentType: 'application/apply-patch+yaml',
    signal: AbortSignal.timeout(30_000),
  });

/** Patches an object as the field manager `kubectl-edit`. */
export const mergePatch = (cluster: ClusterClient, path: string, body: unknown): Promise<Response> =>
  cluster.request({
    method: 'PATCH',
    path,
    query: { fieldManager: 'kubectl-edit' },
    body,
    contentType: 'application/merge-patch+json',
    signal: AbortSignal.timeout(30_000),
  });

export const create = (cluster: ClusterClient, path: string, body: unknown): Promise<Response> =>
  cluster.request({
    method: 'POST',
    path,
    body,
    contentType: 'application/json',
    signal: AbortSignal.timeout(30_000),
  });
