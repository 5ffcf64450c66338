import { kubectlOf } from './cluster.ts';
import type { ControlPlane } from './control-plane.ts';
import { EXAMPLE, LOCAL_EXAMPLE } from './example.ts';
import type { Person } from './people.ts';

export interface Machines {
  /** What the user has to know about them. */
  readonly about: string;
  /** The port at which their hosts are served; undefined if they do not run. */
  readonly ingressPort?: number;
}

interface Ready extends Machines {
  /** Who may call the API; undefined if anyone may. The first one may create machines. */
  readonly people?: readonly Person[] | undefined;
  /** The namespace of the examples. */
  readonly namespace: string;
  /** How long the start took. */
  readonly seconds: string;
}

/** What `npm run dev` prints when everything is ready. `url` is the API's. */
export function readyText(url: string, controlPlane: ControlPlane, ready: Ready): string {
  const { about, ingressPort, namespace, people = [], seconds } = ready;
  const [caller] = people.map(({ name }) => ` -H "Authorization: Bearer $${name.toUpperCase()}"`);
  const authorization = caller ?? '';
  const api = `${url}/api/v1/devmachines`;
  const kubectl = `${kubectlOf(controlPlane)} -n ${namespace}`;
  const create = (example: object) =>
    `curl '${api}?namespace=${namespace}' -H 'Content-Type: application/json' -d '${JSON.stringify(example)}'${authorization}`;
  const { metadata, spec } = LOCAL_EXAMPLE;
  const browser = `
A machine to open in a browser, at http://${spec.ingressDomain}:${ingressPort}/, and its password:

${create(LOCAL_EXAMPLE)}
curl '${api}/access?name=${metadata.name}&namespace=${namespace}'${authorization}
`;
  return `
DevMachine API and console ready on ${url} (${seconds} s). ${about}
Try it in another terminal:

export KUBECONFIG=${controlPlane.kubeconfig}
${people.map(tokenText).join('')}
${create(EXAMPLE)}
curl '${api}/status?name=${EXAMPLE.metadata.name}&namespace=${namespace}'${authorization}
${kubectl} get devmachines,pods,pvc,ingresses
${ingressPort === undefined ? '' : browser}
Data and logs are in ${controlPlane.stateDir}. Press Ctrl-C to stop.
`;
}

const tokenText = ({ name, may, token }: Person): string => `
${name} (${may}):
export ${name.toUpperCase()}=${token}
`;
