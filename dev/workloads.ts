import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { applyObjects, readObjects } from './apply.ts';
import { answersAt, type Component, type ComponentSpec } from './component.ts';
import { type IngressOptions, startIngressController } from './ingress/component.ts';
import { type Cluster, createKubeClient } from './kube-client.ts';
import { startNode } from './node/node.ts';
import type { NodeAssets } from './node/prepare.ts';
import type { Pki } from './pki.ts';
import { onFreePort } from './ports.ts';

export const WORKLOAD_PROGRAMS = ['kube-controller-manager', 'kube-scheduler', 'kwok'];

/** The components that create, schedule and run pods, and that serve their Ingresses. */
export interface Workloads {
  readonly controllerManager: Component;
  readonly scheduler: Component;
  /** kwok, which simulates nodes, or the real node. */
  readonly nodes: Component;
  readonly ingressController: Component;
  /** The port at which the ingress controller serves the hosts of Ingresses. */
  readonly ingressPort: number;
}

/** The part of a control plane that the workloads need. */
interface Base extends Cluster {
  readonly assetsDir: string;
  readonly stateDir: string;
  readonly pki: Pki;
  readonly gatewaySocket: string | undefined;
  readonly log: (line: string) => void;
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  addComponent(spec: ComponentSpec): Promise<Component>;
}

const KWOK_DIR = join(import.meta.dirname, 'kwok');
const STAGES = ['node-stages.yaml', 'volume-stages.yaml'];
const POD_STAGES = 'pod-stages.yaml';
const OBJECTS = ['nodes.yaml', 'storage-classes.yaml'];

export interface WorkloadOptions {
  /** How long a pod of a simulated node takes to end, from and to, in ms. By default, it ends at once. */
  readonly podEndMs?: readonly [number, number];
  /** Runs a real node instead of simulated ones. The control plane must have been started with `realNode`. */
  readonly node?: NodeAssets | undefined;
  /** By default, the ingress controller uses the gateway of the control plane. */
  readonly ingress?: IngressOptions;
}

/** Starts the components concurrently. Resolves when they are ready; the nodes become ready a moment later. */
export async function startWorkloads(base: Base, options: WorkloadOptions = {}): Promise<Workloads> {
  const [controllerManager, scheduler, nodes, ingress] = await Promise.all([
    startControllerManager(base),
    startScheduler(base),
    options.node ? startNode(base, options.node) : startKwok(base, options),
    startIngressController(base, { gatewaySocket: base.gatewaySocket, ...options.ingress }),
  ]);
  const { component: ingressController, port: ingressPort } = ingress;
  return { controllerManager, scheduler, nodes, ingressController, ingressPort };
}

async function startControllerManager(base: Base): Promise<Component> {
  const { cluster, serviceAccount } = base.pki;
  const kubeconfig = await base.kubeconfigFor('system:kube-controller-manager');
  return startServing(base, 'kube-controller-manager', [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${CONTROLLERS.map((name) => `${name}-controller`).join(',')}`,
    // Each controller gets the rights that it has on a real cluster.
    '--use-service-account-credentials',
    `--service-account-private-key-file=${serviceAccount.privateFile}`,
    `--root-ca-file=${cluster.certFile}`,
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ]);
}

async function startScheduler(base: Base): Promise<Component> {
  const kubeconfig = await base.kubeconfigFor('system:kube-scheduler');
  return startServing(base, 'kube-scheduler', [
    `--kubeconfig=${kubeconfig}`,
    // By default, it places 50 pods a second.
    '--kube-api-qps=1000',
    '--kube-api-burst=1000',
  ]);
}

/** There is one instance of each component, so leader election is disabled. */
function startServing(base: Base, name: string, flags: readonly string[]): Promise<Component> {
  const { pki, tls } = base;
  return onFreePort((port) => {
    const isReady = async () => {
      const client = createKubeClient(`https://127.0.0.1:${port}`, tls);
      try {
        return (await client.get('/healthz')).status === 200;
      } finally {
        await client.close();
      }
    };
    const args = [
      ...flags,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--tls-cert-file=${pki.health.certFile}`,
      `--tls-private-key-file=${pki.health.keyFile}`,
      '--profiling=false',
    ];
    return base.addComponent({ name, command: join(base.assetsDir, name), args, isReady });
  });
}

async function startKwok(base: Base, { podEndMs }: WorkloadOptions): Promise<Component> {
  await Promise.all(OBJECTS.map(async (file) => applyObjects(base, await readObjects(join(KWOK_DIR, file)))));
  const podStages = podEndMs ? await writeSlowPodStages(base.stateDir, podEndMs) : join(KWOK_DIR, POD_STAGES);
  const stages = [...STAGES.map((file) => join(KWOK_DIR, file)), podStages];
  const kubeconfig = await base.kubeconfigFor('devmachine-kwok', ['system:masters']);
  return onFreePort((port) => {
    const address = `127.0.0.1:${port}`;
    const spec: ComponentSpec = {
      name: 'kwok',
      command: join(base.assetsDir, 'kwok'),
      args: [
        `--kubeconfig=${kubeconfig}`,
        `--server-address=${address}`,
        ...stages.map((file) => `--config=${file}`),
        '--manage-all-nodes=true',
        // A node stays ready as long as its lease is renewed, as by a kubelet.
        '--node-lease-duration-seconds=40',
        '--cidr=10.244.0.0/16',
        '--node-ip=127.0.0.1',
      ],
      // kwok also reads a configuration from the home directory.
      env: { ...process.env, HOME: base.stateDir },
      isReady: answersAt(`http://${address}/readyz`),
    };
    return base.addComponent(spec);
  });
}

/** Writes the stages of pods with a delay before a pod ends. Resolves to the path of the file. */
async function writeSlowPodStages(stateDir: string, [from, to]: readonly [number, number]): Promise<string> {
  const text = await readFile(join(KWOK_DIR, POD_STAGES), 'utf8');
  const documents = parseAllDocuments(text);
  for (const document of documents) {
    if (document.getIn(['metadata', 'name']) !== 'pod-delete') continue;
    document.setIn(['spec', 'delay'], { durationMilliseconds: from, jitterDurationMilliseconds: to });
  }
  const file = join(stateDir, POD_STAGES);
  await writeFile(file, documents.join(''));
  return file;
}

/** The controllers that machines and tests need. */
const CONTROLLERS = [
  'clusterrole-aggregation',
  'cronjob',
  'daemonset',
  'deployment',
  'disruption',
  'endpointslice',
  'endpoints',
  'ephemeral-volume',
  'garbage-collector',
  'job',
  'namespace',
  'node-lifecycle',
  'persistentvolume-binder',
  'persistentvolume-expander',
  'persistentvolume-protection',
  'persistentvolumeclaim-protection',
  'pod-garbage-collector',
  'replicaset',
  'resourcequota',
  'root-ca-certificate-publisher',
  'service-cidr',
  'serviceaccount',
  'serviceaccount-token',
  'statefulset',
  'taint-eviction',
  'ttl-after-finished',
  'validatingadmissionpolicy-status',
];
