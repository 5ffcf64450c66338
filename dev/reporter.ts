import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component } from './component.ts';
import type { ControlPlane } from './control-plane.ts';
import { REPOSITORY } from './foreground.ts';
import type { Operator } from './operator.ts';

const NAME = 'reporter';

/** Runs the reporter next to the operator, with the operator's account. */
export function startReporter(
  controlPlane: ControlPlane,
  { kubeconfig }: Operator,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Component> {
  const logFile = join(controlPlane.stateDir, `${NAME}.log`);
  return controlPlane.addComponent({
    name: NAME,
    command: process.execPath,
    args: [join(REPOSITORY, 'src', 'reporter', 'main.ts')],
    env: { ...env, KUBECONFIG: kubeconfig, LOG_LEVEL: 'info' },
    isReady: async () => (await readFile(logFile, 'utf8')).includes('"msg":"listed"'),
  });
}
