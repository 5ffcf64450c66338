import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { ClusterClient } from '../../../src/kube/client/client.ts';
import { accountsPath, create, createNamespace, createToken, testKubeconfig } from '../../support/cluster.ts';

/** People, who are service accounts here, and their rights. */

export interface Account {
  readonly namespace: string;
  readonly name: string;
  readonly token: string;
}

/** Creates a namespace, and accounts in it with these rights, in that namespace alone. */
export async function createTeam<Names extends string>(
  cluster: ClusterClient,
  rights: Readonly<Record<Names, Rights>>,
): Promise<{ readonly namespace: string; readonly accounts: Readonly<Record<Names, Account>> }> {
  const namespace = await createNamespace(cluster, 'team');
  const accounts = {} as Record<Names, Account>;
  for (const [name, granted] of Object.entries<Rights>(rights)) {
    await createAccount(cluster, namespace, name);
    if (granted.length > 0) await grant(cluster, namespace, name, granted, { namespace, name });
    accounts[name as Names] = { namespace, name, token: await createToken(cluster, { namespace, name }) };
  }
  return { namespace, accounts };
}

/** A rule of a role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Rules, and verbs on machines. */
export type Rights = readonly (Rule | string)[];

const roleOf = (file: string): readonly Rule[] =>
  parse(readFileSync(join(import.meta.dirname, '../../../operator/config/rbac', file), 'utf8')).rules;

export const VIEWER = roleOf('devmachine_viewer_role.yaml');
export const EDITOR = roleOf('devmachine_editor_role.yaml');

async function succeed(response: ReturnType<typeof create>, expected = 201) {
  const { status, body } = await response;
  assert.equal(status, expected, JSON.stringify(body));
  return body;
}

export const createAccount = (cluster: ClusterClient, namespace: string, name: string) =>
  succeed(create(cluster, accountsPath(namespace), { metadata: { name } }));

export async function remove(cluster: ClusterClient, path: string): Promise<void> {
  const { status, body } = await cluster.request({
    method: 'DELETE',
    path,
    signal: AbortSignal.timeout(10_000),
  });
  assert.equal(status, 200, JSON.stringify(body));
}

export const deleteAccount = (cluster: ClusterClient, { namespace, name }: Account) =>
  remove(cluster, `${accountsPath(namespace)}/${name}`);

const rbacPath = (namespace: string) => `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;

/** Grants rights in a namespace, with a role of this name. */
export async function grant(
  cluster: ClusterClient,
  namespace: string,
  name: string,
  rights: Rights,
  subject: { readonly namespace: string; readonly name: string },
): Promise<void> {
  const verbs = rights.filter((right) => typeof right === 'string');
  const rules = [
    ...rights.filter((right) => typeof right !== 'string'),
    ...(verbs.length > 0 ? [{ apiGroups: ['ide.example.com'], resources: ['devmachines'], verbs }] : []),
  ];
  await succeed(create(cluster, `${rbacPath(namespace)}/roles`, { metadata: { name }, rules }));
  await succeed(
    create(cluster, `${rbacPath(namespace)}/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: subject.name, namespace: subject.namespace }],
    }),
  );
}

export const revoke = (cluster: ClusterClient, namespace: string, name: string) =>
  remove(cluster, `${rbacPath(namespace)}/rolebindings/${name}`);

/** A token with the claims of `token`, except that it expires at this time, signed with the cluster's own key. */
export function expiringAt(token: string, expiresAt: number): string {
  const [header = '', payload = ''] = token.split('.');
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const exp = Math.floor(expiresAt / 1_000);
  const changed = { ...claims, exp, iat: exp - 3_600, nbf: exp - 3_600 };
  const signed = `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}`;
  const key = createPrivateKey(readFileSync(join(dirname(testKubeconfig()), 'pki', 'sa.key')));
  const options = alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
  return `${signed}.${sign('sha256', Buffer.from(signed), options).toString('base64url')}`;
}
