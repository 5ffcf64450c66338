import { join } from 'node:path';
import { applyObjects, expectOk } from './apply.ts';
import { readContainerConfig } from './container-config.ts';
import type { ControlPlane } from './control-plane.ts';
import { REPOSITORY } from './foreground.ts';
import { type Cluster, createKubeClient } from './kube-client.ts';

export const DEPLOY_DIR = join(REPOSITORY, 'deploy');

/** Somebody who calls the API with a token of their own. */
export interface Person {
  readonly name: string;
  /** What they may do, for the user of `npm run dev`. */
  readonly may: string;
  readonly token: string;
}

export interface Access {
  /** The path of a kubeconfig for the backend's own account, with the rights that deploy/ gives it. */
  readonly kubeconfig: string;
  readonly people: readonly Person[];
}

/** They are service accounts, because a cluster without an identity provider has no other users with tokens. */
const PEOPLE = [
  { name: 'alice', role: 'devmachine-editor', everywhere: false },
  { name: 'bob', role: 'devmachine-viewer', everywhere: false },
  { name: 'carol', role: 'cluster-admin', everywhere: true },
];
const HOME = 'people';
const TOKEN_SECONDS = 24 * 60 * 60;
const RBAC = 'rbac.authorization.k8s.io';

/** Applies the roles of deploy/, and creates people who have them in this namespace, or everywhere. */
export async function createAccess(controlPlane: ControlPlane, namespace: string): Promise<Access> {
  const kubectl = join(controlPlane.assetsDir, 'kubectl');
  const { rights, user, groups } = await readContainerConfig(kubectl, DEPLOY_DIR, 'backend');
  const accounts = PEOPLE.map(({ name }) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: HOME },
  }));
  const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME } };
  const bindings = PEOPLE.map((person) => binding(person, namespace));
  await applyObjects(controlPlane, [...rights, home, ...accounts, ...bindings]);
  const people = PEOPLE.map(async ({ name, role, everywhere }) => ({
    name,
    may: `${role} ${everywhere ? 'in all namespaces' : `in ${namespace}`}`,
    token: await createToken(controlPlane, HOME, name, TOKEN_SECONDS),
  }));
  return { kubeconfig: await controlPlane.kubeconfigFor(user, groups), people: await Promise.all(people) };
}

const binding = ({ name, role, everywhere }: (typeof PEOPLE)[number], namespace: string) => ({
  apiVersion: `${RBAC}/v1`,
  kind: everywhere ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: everywhere ? { name } : { name, namespace },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'ServiceAccount', name, namespace: HOME }],
});

/** Resolves to a new token of a service account. */
export async function createToken(
  cluster: Cluster,
  namespace: string,
  account: string,
  expirationSeconds: number,
): Promise<string> {
  const client = createKubeClient(cluster.server, cluster.tls);
  try {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const answer = await client.create(path, { spec: { expirationSeconds } });
    expectOk(answer, `a token of ${account}`);
    return (JSON.parse(answer.text) as { status: { token: string } }).status.token;
  } finally {
    await client.close();
  }
}
