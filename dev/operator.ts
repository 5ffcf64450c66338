import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { request } from 'undici';
import { applyObjects, type KubeObject, parseObjects } from './apply.ts';
import type { Component } from './component.ts';
import type { ControlPlane } from './control-plane.ts';
import { REPOSITORY } from './foreground.ts';
import { onFreePort } from './ports.ts';

/** What it takes of the programs of dev/tools; helm-operator has helm built in. */
export function operatorPrograms(env: NodeJS.ProcessEnv): string[] {
  return findHelmOperator(env) ? ['kubectl'] : ['kubectl', 'helm'];
}

export interface OperatorOptions {
  /** With the administrator's values for watches.yaml, HELM_OPERATOR, WATCH_NAMESPACE. */
  readonly env?: NodeJS.ProcessEnv;
  /** The folder of the operator's project. */
  readonly dir?: string;
}

export interface Operator {
  readonly component: Component;
  /** What it is, in words. */
  readonly title: string;
  /** The user that it is to the cluster. */
  readonly user: string;
}

const OPERATOR_DIR = join(REPOSITORY, 'operator');
const STAND_IN = join(import.meta.dirname, 'operator', 'main.ts');
const WORKERS = 4;

/**
 * Runs the operator beside the control plane, with the rights that operator/config gives it and no others: the real
 * helm-operator where there is one, else a stand-in that drives the real helm. The CRD must be served.
 */
export async function startOperator(
  controlPlane: ControlPlane,
  { env = process.env, dir = OPERATOR_DIR }: OperatorOptions = {},
): Promise<Operator> {
  const { namespace, name } = await applyRights(controlPlane);
  const user = `system:serviceaccount:${namespace}:${name}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const kubeconfig = await controlPlane.kubeconfigFor(user, groups);
  const real = findHelmOperator(env);
  const component = await onFreePort((port) => {
    const address = `127.0.0.1:${port}`;
    const flags = [
      'run',
      '--watches-file=watches.yaml',
      `--health-probe-bind-address=${address}`,
      `--max-concurrent-reconciles=${WORKERS}`,
    ];
    const standIn = [STAND_IN, ...flags, `--helm=${join(controlPlane.assetsDir, 'helm')}`];
    return controlPlane.startAlong({
      name: 'operator',
      command: real ?? process.execPath,
      args: real ? [...flags, '--metrics-bind-address=0', '--suppress-override-values'] : standIn,
      cwd: dir,
      // What one that is killed leaves behind lies with the rest of the state.
      env: { ...env, KUBECONFIG: kubeconfig, TMPDIR: controlPlane.stateDir },
      isReady: async () => {
        const { statusCode, body } = await request(`http://${address}/readyz`, { reset: true });
        await body.dump();
        return statusCode === 200;
      },
    });
  });
  return { component, user, title: real ?? 'a stand-in for helm-operator, for development only' };
}

/** HELM_OPERATOR, else what is on the PATH. */
export function findHelmOperator(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['HELM_OPERATOR'];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`HELM_OPERATOR is ${named}, which is no program that can be run`);
  }
  const candidates = (env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, 'helm-operator'));
  return candidates.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const RIGHTS = new Set([
  'Namespace',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
]);

/** Applies the part of operator/config that says what the operator may do; resolves to its service account. */
async function applyRights(controlPlane: ControlPlane): Promise<KubeObject['metadata']> {
  const kubectl = join(controlPlane.assetsDir, 'kubectl');
  const config = join(OPERATOR_DIR, 'config', 'default');
  const { stdout } = await promisify(execFile)(kubectl, ['kustomize', config], { maxBuffer: 2 ** 24 });
  const objects = parseObjects(stdout).filter(({ kind }) => RIGHTS.has(kind));
  await applyObjects(controlPlane, objects);
  const account = objects.find(({ kind }) => kind === 'ServiceAccount');
  if (!account) throw new Error(`${config} has no ServiceAccount`);
  return account.metadata;
}
