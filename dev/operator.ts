import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { applyObjects } from './apply.ts';
import { answersAt, type Component } from './component.ts';
import { readContainerConfig } from './container-config.ts';
import type { ControlPlane } from './control-plane.ts';
import { REPOSITORY } from './foreground.ts';
import { onFreePort } from './ports.ts';

export const HELM_OPERATOR = 'helm-operator';

export interface OperatorOptions {
  /** May hold HELM_OPERATOR, WATCH_NAMESPACE and the DEVMACHINE_… variables of operator/watches.yaml. */
  readonly env?: NodeJS.ProcessEnv;
  /** The folder with watches.yaml and the chart. Defaults to operator/. */
  readonly dir?: string;
}

export interface Operator {
  readonly component: Component;
  /** The path of the program. */
  readonly program: string;
  /** The Kubernetes user that the operator authenticates as. */
  readonly user: string;
  /** The path of a kubeconfig for that user. */
  readonly kubeconfig: string;
}

const OPERATOR_DIR = join(REPOSITORY, 'operator');

/** The programs that the assets folder must hold to run the operator. */
export function operatorPrograms(env: NodeJS.ProcessEnv): string[] {
  return givenOperator(env) === undefined ? ['kubectl', HELM_OPERATOR] : ['kubectl'];
}

/**
 * Runs helm-operator next to the control plane, with the flags, the environment and the rights that operator/config
 * gives the manager. The CRD must be served.
 */
export async function startOperator(
  controlPlane: ControlPlane,
  { env = process.env, dir = OPERATOR_DIR }: OperatorOptions = {},
): Promise<Operator> {
  const program = givenOperator(env) ?? join(controlPlane.assetsDir, HELM_OPERATOR);
  const kubectl = join(controlPlane.assetsDir, 'kubectl');
  const config = await readContainerConfig(kubectl, join(OPERATOR_DIR, 'config', 'default'), 'manager');
  await applyObjects(controlPlane, config.rights);
  const kubeconfig = await controlPlane.kubeconfigFor(config.user, config.groups);
  const component = await onFreePort((port) => {
    const address = `127.0.0.1:${port}`;
    return controlPlane.addComponent({
      name: 'operator',
      command: program,
      // Of a repeated flag, the last value counts.
      args: [
        'run',
        ...config.args,
        '--leader-elect=false',
        `--health-probe-bind-address=${address}`,
        '--metrics-bind-address=0',
      ],
      cwd: dir,
      // TMPDIR: temporary files of a killed operator stay in the state directory.
      env: { ...config.env, ...env, KUBECONFIG: kubeconfig, TMPDIR: controlPlane.stateDir },
      isReady: answersAt(`http://${address}/readyz`),
    });
  });
  return { component, program, user: config.user, kubeconfig };
}

/** The program that HELM_OPERATOR names, if it is set. */
function givenOperator(env: NodeJS.ProcessEnv): string | undefined {
  const given = env['HELM_OPERATOR'];
  if (!given) return undefined;
  try {
    accessSync(given, constants.X_OK);
    return given;
  } catch {
    throw new Error(`HELM_OPERATOR is ${given}, which is not an executable file`);
  }
}
