import { relative } from 'node:path';
import { type ApiAddress, readAddress, readPort, startApi, waitForApi } from './api.ts';
import { applyNamespace } from './apply.ts';
import { missingPrograms } from './assets.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { applyCrd } from './crd.ts';
import { followFile } from './follow-file.ts';
import {
  aborted,
  endLeftovers,
  messageOf,
  REAL_NODE_STATE_DIR,
  REPOSITORY,
  readArguments,
  resetState,
  run,
  STATE_DIR,
} from './foreground.ts';
import { NODE_NAME } from './node/node.ts';
import { IMAGES, prepareNode } from './node/prepare.ts';
import { pullImages } from './node/pull.ts';
import { operatorPrograms, startOperator } from './operator.ts';
import { createFailureLog } from './operator-log.ts';
import { type Access, createAccess } from './people.ts';
import { isFree } from './ports.ts';
import { type Machines, readyText } from './ready-text.ts';
import { startReporter } from './reporter.ts';
import { watchFile } from './watch-file.ts';
import { startWorkloads, WORKLOAD_PROGRAMS, type WorkloadOptions } from './workloads.ts';

const CRD_FILE = `${REPOSITORY}crd/devmachine-crd.yaml`;
const NAMESPACE = 'taskmodeling-public-prod';

const USAGE = `npm run dev [-- [--auth] [--real-node [--pull]] [--reset]]

Runs a Kubernetes control plane with nodes simulated by kwok, the DevMachine CRD, the operator and the API until Ctrl-C.
The API restarts when its files change.

Environment variables:
  PORT, HOST             where the API listens (8080, 127.0.0.1)
  INGRESS_PORT           where this machine alone reaches the hosts of machines (8081)
  DEVMACHINE_STATE_DIR   where the data is kept (.devmachine/, or .devmachine-real-node/)
  HELM_OPERATOR          path of the helm-operator to run instead of the pinned one
  DEVMACHINE_…           the operator's settings, see operator/README.md

Options:
  --auth        the API asks for tokens, and three people with different rights have one; without it, anyone may do anything
  --real-node   run machines for real, on one node of this machine (Linux, as root), instead of simulated ones
  --pull        with --real-node: pull the templates' images from their registries, instead of building substitutes
  --reset       delete the data of earlier runs first
  --help        show this text`;

async function main(interrupt: AbortController): Promise<void> {
  const args = readArguments(USAGE, ['auth', 'reset', 'real-node', 'pull']);
  if (args === undefined) return;
  const started = performance.now();
  const address = readAddress(process.env);
  const ingressPort = readPort(process.env, 'INGRESS_PORT', 8081);
  const log = (line: string) => console.log(line);
  const realNode = args['real-node'];
  const stateDir = realNode ? REAL_NODE_STATE_DIR : STATE_DIR;
  await endLeftovers(stateDir, log);
  await checkPort('PORT', address);
  await checkPort('INGRESS_PORT', { host: '127.0.0.1', port: ingressPort });
  if (ingressPort === address.port) throw new Error('PORT and INGRESS_PORT must differ');
  const node = realNode
    ? await prepareNode({ images: IMAGES, pull: args.pull, signal: interrupt.signal })
    : undefined;
  const absent = missingPrograms([...WORKLOAD_PROGRAMS, ...operatorPrograms(process.env)]);
  if (args.auth && absent.includes('kubectl')) throw new Error('--auth: KUBEBUILDER_ASSETS has no kubectl');
  if (args.reset) await resetState(stateDir, log);
  if (process.env['CONSOLE'] !== 'off') await buildConsole();
  const onExit = (message: string) => {
    console.error(message);
    process.exitCode = 1;
    interrupt.abort();
  };
  const { signal } = interrupt;
  const options = { stateDir, realNode, durable: true, log, onExit, signal };
  const controlPlane = await startControlPlane(options);
  try {
    const defined = define(controlPlane, args.auth, log);
    const running =
      absent.length === 0
        ? runMachines(controlPlane, defined, { node, ingress: { port: ingressPort } }, signal)
        : withoutMachines(absent);
    // runApi awaits it and reports its failure.
    running.catch(() => undefined);
    const access = await defined;
    reapplyOnChange(controlPlane, signal, log);
    await runApi(address, controlPlane, { running, access }, signal, started);
  } finally {
    await controlPlane.stop();
  }
  console.log('Stopped.');
}

/** Vite is loaded only where it is needed. */
async function buildConsole(): Promise<void> {
  const { buildConsoleIfStale } = await import('../scripts/console.ts');
  await buildConsoleIfStale();
}

/** Resolves to the tokens of people, if the API asks for tokens. */
async function define(
  controlPlane: ControlPlane,
  auth: boolean,
  log: (line: string) => void,
): Promise<Access | undefined> {
  await Promise.all([applyCrd(controlPlane, CRD_FILE), applyNamespace(controlPlane, NAMESPACE)]);
  log(`Applied ${relative(REPOSITORY, CRD_FILE)}`);
  return auth ? createAccess(controlPlane, NAMESPACE) : undefined;
}

/** Resolves to what the user has to know about the machines. */
async function runMachines(
  controlPlane: ControlPlane,
  defined: Promise<unknown>,
  workloads: WorkloadOptions,
  signal: AbortSignal,
): Promise<Machines> {
  const [{ program, component }, { nodes, ingressPort }] = await Promise.all([
    defined.then(async () => {
      const operator = await startOperator(controlPlane);
      await startReporter(controlPlane, operator);
      return operator;
    }),
    startWorkloads(controlPlane, workloads),
  ]);
  const { node } = workloads;
  if (node?.pull) await pullImages(nodes.pid ?? 0, node, console.log);
  followFile(component.logFile, createFailureLog(console.log), signal);
  const where = node ? `the node ${NODE_NAME} of this machine` : 'nodes that kwok simulates';
  return { about: `Machines run on ${where}. The operator is ${program}.`, ingressPort };
}

async function withoutMachines(absent: readonly string[]): Promise<Machines> {
  return { about: `Machines are stored but do not run: KUBEBUILDER_ASSETS has no ${absent.join(', ')}.` };
}

async function checkPort(variable: string, { host, port }: Pick<ApiAddress, 'host' | 'port'>): Promise<void> {
  const free = await isFree(port, host).catch((error: unknown) => {
    throw new Error(`Cannot listen on ${variable}=${port} of ${host}: ${messageOf(error)}`);
  });
  if (free) return;
  throw new Error(
    `Port ${port} on ${host} is in use. Stop the process that listens there, or choose another port: ${variable}=${(port % 65_535) + 1} npm run dev`,
  );
}

function reapplyOnChange(controlPlane: ControlPlane, signal: AbortSignal, log: (line: string) => void): void {
  const name = relative(REPOSITORY, CRD_FILE);
  const reapply = () => {
    applyCrd(controlPlane, CRD_FILE).then(
      () => log(`${name} changed and was applied again`),
      (error: unknown) => console.error(`${name} changed but was not applied: ${messageOf(error)}`),
    );
  };
  watchFile(CRD_FILE, reapply, signal);
}

async function runApi(
  address: ApiAddress,
  controlPlane: ControlPlane,
  { running, access }: { running: Promise<Machines>; access: Access | undefined },
  signal: AbortSignal,
  started: number,
): Promise<void> {
  const { claim, kubeconfig } = controlPlane;
  const env = access
    ? { AUTH_MODE: 'kubernetes', KUBECONFIG: access.kubeconfig }
    : { AUTH_MODE: 'none', KUBECONFIG: kubeconfig };
  const api = await startApi(address, env);
  claim.add(api.name, api.pid);
  try {
    // node --watch keeps running when its program fails, so it should not end.
    const ended = api.exited.then((how) => Promise.reject(new Error(`${api.name} ended (${how})`)));
    const [machines] = await Promise.race([Promise.all([running, waitForApi(address, signal)]), ended]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const ready = { ...machines, people: access?.people, namespace: NAMESPACE, seconds };
    console.log(readyText(address.url, controlPlane, ready));
    await Promise.race([aborted(signal), ended]);
  } finally {
    await api.stop(5_000);
    claim.remove(api.pid);
  }
}

if (import.meta.main) run(main);
