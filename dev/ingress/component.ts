import { join } from 'node:path';
import { applyObjects } from '../apply.ts';
import { answersAt, type Component, type ComponentSpec } from '../component.ts';
import type { Cluster } from '../kube-client.ts';
import { onFreePort } from '../ports.ts';
import { INGRESS_CLASS } from './ingress-class.ts';

/** The part of a control plane that the ingress controller needs. */
interface Base extends Cluster {
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  addComponent(spec: ComponentSpec): Promise<Component>;
}

/** Creates the default IngressClass and runs its controller (main.ts) in a process of its own. */
export async function startIngressController(base: Base): Promise<Component> {
  const [kubeconfig] = await Promise.all([
    base.kubeconfigFor('devmachine-ingress', ['system:masters']),
    applyObjects(base, [INGRESS_CLASS]),
  ]);
  return onFreePort((port) =>
    base.addComponent({
      name: 'ingress-controller',
      command: process.execPath,
      args: [join(import.meta.dirname, 'main.ts')],
      env: { ...process.env, KUBECONFIG: kubeconfig, PORT: String(port) },
      isReady: answersAt(`http://127.0.0.1:${port}/readyz`),
    }),
  );
}
