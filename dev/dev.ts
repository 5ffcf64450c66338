import { relative } from 'node:path';
import { type ApiAddress, readAddress, startApi, waitForApi } from './api.ts';
import { kubectlOf } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { applyCrd, applyNamespace } from './crd.ts';
import {
  aborted,
  endLeftovers,
  messageOf,
  REPOSITORY,
  readArguments,
  resetState,
  run,
  STATE_DIR,
} from './foreground.ts';
import { isFree } from './ports.ts';
import { watchFile } from './watch-file.ts';

const CRD_FILE = `${REPOSITORY}crd/devmachine-crd.yaml`;
const NAMESPACE = 'taskmodeling-public-prod';

const USAGE = `npm run dev [-- --reset]

Runs a Kubernetes control plane, the DevMachine CRD and the API, which is loaded again when its files change,
until Ctrl-C. PORT and HOST say where the API listens (8080, 127.0.0.1). The data stays in .devmachine/
(or in DEVMACHINE_STATE_DIR).

  --reset   forget the data of earlier runs first
  --help    show this`;

async function main(interrupt: AbortController): Promise<void> {
  const args = readArguments(USAGE);
  if (args === undefined) return;
  const started = performance.now();
  const address = readAddress(process.env);
  const log = (line: string) => console.log(line);
  await endLeftovers(STATE_DIR, log);
  await checkPort(address);
  if (args.reset) await resetState(STATE_DIR, log);
  const onExit = (message: string) => {
    console.error(message);
    process.exitCode = 1;
    interrupt.abort();
  };
  const { signal } = interrupt;
  const controlPlane = await startControlPlane({ stateDir: STATE_DIR, durable: true, log, onExit, signal });
  try {
    await Promise.all([applyCrd(controlPlane, CRD_FILE), applyNamespace(controlPlane, NAMESPACE)]);
    log(`${relative(REPOSITORY, CRD_FILE)} is applied`);
    reapplyOnChange(controlPlane, signal, log);
    await runApi(address, controlPlane, signal, started);
  } finally {
    await controlPlane.stop();
  }
  console.log('Stopped.');
}

async function checkPort({ host, port }: ApiAddress): Promise<void> {
  const free = await isFree(port, host).catch((error: unknown) => {
    throw new Error(`The API cannot listen on HOST=${host} PORT=${port}: ${messageOf(error)}`);
  });
  if (free) return;
  throw new Error(
    `Port ${port} on ${host} is taken. Stop what listens there, or choose another one: PORT=${(port % 65_535) + 1} npm run dev`,
  );
}

function reapplyOnChange(controlPlane: ControlPlane, signal: AbortSignal, log: (line: string) => void): void {
  const name = relative(REPOSITORY, CRD_FILE);
  const reapply = () => {
    applyCrd(controlPlane, CRD_FILE).then(
      () => log(`${name} has changed and is applied again`),
      (error: unknown) => console.error(`${name} has changed: ${messageOf(error)}`),
    );
  };
  watchFile(CRD_FILE, reapply, signal);
}

async function runApi(
  address: ApiAddress,
  controlPlane: ControlPlane,
  signal: AbortSignal,
  started: number,
): Promise<void> {
  const { claim, kubeconfig } = controlPlane;
  const api = await startApi(address, kubeconfig);
  claim.add(api.name, api.pid);
  try {
    // node --watch stays when its program fails; that it ends itself is not foreseen.
    const ended = api.exited.then((how) => Promise.reject(new Error(`${api.name} ended (${how})`)));
    await Promise.race([waitForApi(address, signal), ended]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(readyText(address.url, controlPlane, seconds));
    await Promise.race([aborted(signal), ended]);
  } finally {
    await api.stop(5_000);
    claim.remove(api.pid);
  }
}

function readyText(url: string, controlPlane: ControlPlane, seconds: string): string {
  const machine = {
    apiVersion: 'ide.example.com/v1alpha1',
    kind: 'DevMachine',
    metadata: { name: 'my-devmachine' },
    spec: {
      cpu: 2,
      memory: '4Gi',
      gpu: 0,
      image: 'registry.example.com:30443/inner/ubt22-cuda12.4-py310-torch2.6.0-gpu:3.0',
      template: 'vscode-cpu',
      ingressDomain: 'mydev.example.com',
      storage: { size: '20Gi' },
    },
  };
  const api = `${url}/api/v1/devmachines`;
  return `
DevMachine API ready on ${url} (${seconds} s). Try it in another terminal:

curl '${api}?namespace=${NAMESPACE}' -H 'Content-Type: application/json' -d '${JSON.stringify(machine)}'
curl '${api}/status?name=my-devmachine&namespace=${NAMESPACE}'

export KUBECONFIG=${controlPlane.kubeconfig}
${kubectlOf(controlPlane)} -n ${NAMESPACE} get devmachines

Data and logs are in ${STATE_DIR}. Ctrl-C ends it all.
`;
}

if (import.meta.main) run(main);
