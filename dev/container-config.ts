import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type KubeObject, parseObjects } from './apply.ts';

/** What manifests say about a container of a Deployment, which runs as a process here. */
export interface ContainerConfig {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The objects that grant rights, and the namespaces. */
  readonly rights: readonly KubeObject[];
  /** The Kubernetes user of the container's service account. */
  readonly user: string;
  readonly groups: readonly string[];
}

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly serviceAccountName: string; readonly containers: readonly Container[] };
    };
  };
}

interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
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

/** Renders the folder with kustomize, and reads the container of that name. */
export async function readContainerConfig(
  kubectl: string,
  dir: string,
  name: string,
): Promise<ContainerConfig> {
  const { stdout } = await promisify(execFile)(kubectl, ['kustomize', dir], { maxBuffer: 2 ** 24 });
  const objects = parseObjects(stdout);
  for (const deployment of objects.filter(isDeployment)) {
    const { serviceAccountName, containers } = deployment.spec.template.spec;
    const container = containers.find((one) => one.name === name);
    if (container === undefined) continue;
    const { command = [], args = [], env } = container;
    const { namespace } = deployment.metadata;
    return {
      command,
      args,
      env: Object.fromEntries(env.map((variable) => [variable.name, variable.value])),
      rights: objects.filter(({ kind }) => RIGHTS.has(kind)),
      user: `system:serviceaccount:${namespace}:${serviceAccountName}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    };
  }
  throw new Error(`${dir} must hold a Deployment with a container "${name}"`);
}

const isDeployment = (object: KubeObject): object is Deployment => object.kind === 'Deployment';
