import assert from 'node:assert/strict';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writePrivate } from '../../dev/pki.ts';
import { openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinesPath } from '../../src/kube/resources/devmachine.ts';
import { create, createToken, get } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import type { Environment } from './support/environment.ts';
import { runScenarios, type Scenario, type ScenarioContext } from './support/scenario.ts';

/** Real tokens that are revoked, and real permissions that are withdrawn. */

const ROLE_BINDINGS = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';

const core = ({ namespace }: Environment) => `/api/v1/namespaces/${namespace}`;
const tokenFile = ({ folder }: Environment) => join(folder, 'token');
const firstTokenFile = ({ folder }: Environment) => join(folder, 'first-token');

/** Returns a kubeconfig of a service account with all permissions, which reads its token from a file. */
async function asServiceAccount(environment: Environment): Promise<string> {
  await grant(environment);
  const token = await createBoundToken(environment, 'first');
  await writePrivate(tokenFile(environment), token);
  await writePrivate(firstTokenFile(environment), token);
  return writeKubeconfig(environment, tokenFile(environment));
}

async function writeKubeconfig({ proxy }: Environment, token: string): Promise<string> {
  const file = `${token}.kubeconfig`;
  const certificate = Buffer.from(proxy.ca).toString('base64');
  const cluster = { server: proxy.url, 'certificate-authority-data': certificate };
  await writePrivate(
    file,
    stringify({
      clusters: [{ name: 'proxy', cluster }],
      users: [{ name: 'backend', user: { tokenFile: token } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'backend' } }],
      'current-context': 'proxy',
    }),
  );
  return file;
}

async function grant({ direct, namespace }: Environment): Promise<void> {
  const { status, body } = await create(direct, ROLE_BINDINGS, {
    metadata: { name: namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  });
  assert.equal(status, 201, JSON.stringify(body));
}

/** Creates a token that is bound to a Secret: deleting the Secret revokes the token. */
async function createBoundToken(environment: Environment, name: string): Promise<string> {
  const { direct } = environment;
  const secret = await create(direct, `${core(environment)}/secrets`, { metadata: { name } });
  const boundObjectRef = { kind: 'Secret', apiVersion: 'v1', name, uid: secret.body.metadata.uid };
  return createToken(direct, { namespace: environment.namespace, name: 'default' }, { boundObjectRef });
}

const remove = ({ direct }: Environment, path: string) =>
  direct.request({ method: 'DELETE', path, signal: AbortSignal.timeout(10_000) });

async function withdraw(environment: Environment): Promise<void> {
  await remove(environment, `${ROLE_BINDINGS}/${environment.namespace}`);
}

/** Resolves when the API server responds with `status` to the first token: it caches tokens and permissions. */
async function untilFirstTokenGets(status: number, environment: Environment): Promise<void> {
  const kubeconfig = await writeKubeconfig(environment, firstTokenFile(environment));
  const client = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs: 10_000 });
  const path = machinesPath(environment.namespace);
  try {
    await until(
      `the API server to respond ${status}`,
      async () => (await get(client, path)).status === status,
    );
  } finally {
    await client.close();
  }
}

async function revokeFirstToken(environment: Environment): Promise<void> {
  await remove(environment, `${core(environment)}/secrets/first`);
  await untilFirstTokenGets(401, environment);
}

const warningsWith = ({ backend }: ScenarioContext, text: string) =>
  backend.warnings.filter((line) => line.includes(text)).length;

/** Resolves when the backend has been refused, and refused again when it retried. */
async function untilRefusedAgain(context: ScenarioContext, text: string): Promise<void> {
  await until('a refusal in the log', () => warningsWith(context, text) > 0);
  const before = warningsWith(context, text);
  await until('another refusal in the log', () => warningsWith(context, text) > before);
}

const UNAUTHORIZED = 'refuses the credentials of this service';

const scenarios: Scenario[] = [
  {
    fault: 'the token is rotated, then the old one is revoked',
    expected: 'the request is repeated with the new token; no request fails',
    kubeconfig: asServiceAccount,
    async during(context) {
      await writePrivate(tokenFile(context), await createBoundToken(context, 'second'));
      await revokeFirstToken(context);
      context.proxy.cut();
      await context.write();
      await context.converge();
      assert.equal(warningsWith(context, UNAUTHORIZED), 0);
    },
    afterwards: withdraw,
  },
  {
    fault: '401 until the token is rotated',
    expected: 'retries; serves the last known state',
    kubeconfig: asServiceAccount,
    async during(context) {
      await revokeFirstToken(context);
      context.proxy.cut();
      await context.write();
      await untilRefusedAgain(context, UNAUTHORIZED);
      await writePrivate(tokenFile(context), await createBoundToken(context, 'second'));
    },
    afterwards: withdraw,
  },
  {
    fault: '403: all permissions are withdrawn, and granted again',
    expected: 'retries; serves the last known state, with unknown dependents',
    kubeconfig: asServiceAccount,
    async during(context) {
      await withdraw(context);
      await untilFirstTokenGets(403, context);
      context.proxy.cut();
      await context.write();
      await untilRefusedAgain(context, 'forbidden');
      await grant(context);
    },
    afterwards: withdraw,
  },
];

runScenarios(scenarios);
