import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KubeObject, parseObjects } from './apply.ts';

/** What operator/config says about the manager, which is the operator's container on a real cluster. */
export interface OperatorConfig {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The objects that grant the operator its rights, and their namespace. */
  readonly rights: readonly KubeObject[];
  readonly user: string;
  readonly groups: readonly string[];
}

interface Deployment extends KubeObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

const RIGHTS = new Set([
  'Namespace',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
]);

export async function readOperatorConfig(kubectl: string, operatorDir: string): Promise<OperatorConfig> {
  const dir = join(operatorDir, 'config', 'default');
  const { stdout } = await promisify(execFile)(kubectl, ['kustomize', dir], { maxBuffer: 2 ** 24 });
  const objects = parseObjects(stdout);
  const account = objects.find(({ kind }) => kind === 'ServiceAccount');
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as Deployment | undefined;
  const manager = deployment?.spec.template.spec.containers.find(({ name }) => name === 'manager');
  if (account === undefined || manager === undefined)
    throw new Error(`${dir} must hold a ServiceAccount, and a Deployment with a container "manager"`);
  const { namespace, name } = account.metadata;
  return {
    args: manager.args,
    env: Object.fromEntries(manager.env.map((variable) => [variable.name, variable.value])),
    rights: objects.filter(({ kind }) => RIGHTS.has(kind)),
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
  };
}
