import { join } from 'node:path';
import { applyObjects } from '../apply.ts';
import { answersAt, type Component, type ComponentSpec } from '../component.ts';
import type { Cluster } from '../kube-client.ts';
import { freePort, isFreeOnLoopback, onFreePort } from '../ports.ts';
import { INGRESS_CLASS } from './ingress-class.ts';

/** The part of a control plane that the ingress controller needs. */
interface Base extends Cluster {
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  addComponent(spec: ComponentSpec): Promise<Component>;
}

export interface IngressOptions {
  /** Path of the unix socket of a gateway to the pods, see gateway.ts. Without it, the pods are simulated. */
  readonly gatewaySocket?: string | undefined;
  /** The port of the relay, which must be free. By default, any free port. */
  readonly port?: number;
}

export interface IngressController {
  readonly component: Component;
  /** The port at which the relay serves the hosts of Ingresses, on the loopback addresses. */
  readonly port: number;
}

/** Creates the default IngressClass and runs its controller (main.ts) in a process of its own. */
export async function startIngressController(
  base: Base,
  options: IngressOptions = {},
): Promise<IngressController> {
  if (options.port !== undefined && !(await isFreeOnLoopback(options.port)))
    throw new Error(`The ingress controller cannot listen on port ${options.port}: it is in use.`);
  const [kubeconfig] = await Promise.all([
    base.kubeconfigFor('devmachine-ingress', ['system:masters']),
    applyObjects(base, [INGRESS_CLASS]),
  ]);
  return onFreePort(async (healthPort) => {
    const port = options.port ?? (await freePort());
    const env = {
      ...process.env,
      KUBECONFIG: kubeconfig,
      PORT: String(healthPort),
      RELAY_PORT: String(port),
      GATEWAY_SOCKET: options.gatewaySocket ?? '',
    };
    const component = await base.addComponent({
      name: 'ingress-controller',
      command: process.execPath,
      args: [join(import.meta.dirname, 'main.ts')],
      env,
      isReady: answersAt(`http://127.0.0.1:${healthPort}/readyz`),
    });
    return { component, port };
  });
}
