/** Objects of a machine as the chart and the controllers create them, for tests with and without an API server. */

// biome-ignore lint/suspicious/noExplicitAny: Kubernetes objects of many kinds
export type Raw = any;

/** The machine that owns the objects. */
export interface Owner {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly specDigest: string;
  /** Its ingressDomain, if it has one. */
  readonly host: string;
}

export const LONG_AGO = '2026-01-01T00:00:00Z';
export const SCHEDULED = '2026-01-01T00:01:00Z';
export const AFTER = '2026-01-01T00:02:00Z';
export const LATEST = '2026-01-01T00:03:00Z';

export const metadata = ({ name, namespace }: Owner, ownName = name) => ({
  name: ownName,
  namespace,
  labels: { 'ide.example.com/devmachine': name },
});

export function deployment(owner: Owner, { digest = owner.specDigest, replicas = 1, status = {} } = {}): Raw {
  const { name, uid } = owner;
  const template = metadata(owner);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...metadata(owner),
      annotations: { 'ide.example.com/spec-sha256': digest },
      ownerReferences: [{ apiVersion: 'ide.example.com/v1alpha1', kind: 'DevMachine', name, uid }],
    },
    spec: {
      replicas,
      selector: { matchLabels: template.labels },
      template: {
        metadata: { labels: template.labels },
        spec: { containers: [{ name: 'machine', image: IMAGE }] },
      },
    },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      ...status,
    },
  };
}

/** The status of a Deployment without a pod of the current pod template. */
export const NO_PODS = { replicas: 0, updatedReplicas: 0, readyReplicas: 0 };

export const IMAGE = 'registry.example.com/machine:1';

export const condition = (type: string, status: string, reason = '', message = '', at = SCHEDULED) => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: at,
});

const READY = { state: { running: { startedAt: SCHEDULED } }, ready: true, started: true };

interface PodOptions {
  readonly status?: object;
  /** The status of the container `machine`. */
  readonly machine?: object;
  /** The status of an init container. */
  readonly init?: object;
  readonly initName?: string;
  readonly node?: string | null;
  readonly conditions?: readonly object[];
  readonly suffix?: string;
}

/** A pod that is ready, unless the options say otherwise. */
export function pod(owner: Owner, options: PodOptions = {}): Raw {
  const { status, machine, init, initName = 'ide', node = 'node-1', conditions, suffix = 'a' } = options;
  const ready = machine === undefined && init === undefined;
  const state = (name: string, more: object) => ({
    name,
    image: IMAGE,
    imageID: '',
    restartCount: 0,
    ready: false,
    ...more,
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(owner, `${owner.name}-${suffix}`),
    spec: {
      ...(node === null ? {} : { nodeName: node }),
      containers: [{ name: 'machine', image: IMAGE }],
      initContainers: init === undefined ? [] : [{ name: initName, image: IMAGE }],
    },
    status: {
      phase: ready ? 'Running' : 'Pending',
      conditions: conditions ?? [
        condition('PodScheduled', 'True'),
        condition('Ready', ready ? 'True' : 'False', '', '', AFTER),
      ],
      ...(node === null ? {} : { containerStatuses: [state('machine', machine ?? (init ? WAITS : READY))] }),
      ...(init === undefined ? {} : { initContainerStatuses: [state(initName, init)] }),
      ...status,
    },
  };
}

export const waiting = (reason: string, message = '') => ({ state: { waiting: { reason, message } } });
const WAITS = waiting('PodInitializing');
export const running = (started: boolean, more: object = {}) => ({
  state: { running: { startedAt: SCHEDULED } },
  started,
  ...more,
});
export const terminated = (reason: string, exitCode: number, message = 'hunter2') => ({
  terminated: { reason, exitCode, startedAt: SCHEDULED, finishedAt: AFTER, message },
});

export const pvc = (owner: Owner, phase = 'Bound', name = `${owner.name}-disk`, size = '20Gi'): Raw => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: metadata(owner, name),
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'fast',
    resources: { requests: { storage: size } },
  },
  status: { phase, ...(phase === 'Bound' ? { capacity: { storage: size } } : {}) },
});

/** The uid of the pod is filled in when the pod is stored. */
export const endpointSlice = (owner: Owner, ready = true): Raw => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: metadata(owner, `${owner.name}-x1`),
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: [
    { addresses: ['10.0.0.9'], conditions: { ready }, targetRef: { kind: 'Pod', name: `${owner.name}-a` } },
  ],
});

export const podEvent = (owner: Owner, reason: string, message: string, at = AFTER): Raw => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${owner.name}-a.${reason.toLowerCase()}`, namespace: owner.namespace },
  involvedObject: {
    kind: 'Pod',
    namespace: owner.namespace,
    name: `${owner.name}-a`,
    ...(reason === 'Pulling' ? { fieldPath: 'spec.containers{machine}' } : {}),
  },
  type: reason === 'Pulling' ? 'Normal' : 'Warning',
  reason,
  message,
  firstTimestamp: at,
  lastTimestamp: at,
  count: 1,
});

/** The event in which the reporter says why the cluster refused a change, as of the spec with this digest. */
export const refusal = (owner: Owner, message: string, digest = owner.specDigest): Raw => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: `${owner.name}.change-refused`,
    namespace: owner.namespace,
    annotations: { 'ide.example.com/spec-sha256': digest },
  },
  involvedObject: { kind: 'DevMachine', namespace: owner.namespace, name: owner.name, uid: owner.uid },
  type: 'Warning',
  reason: 'ChangeRefused',
  message,
});

/** A quota of the machine's namespace, which has used this much of each resource. */
export const quota = ({ name, namespace }: Owner, hard: object, used: object): Raw => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: `${name}-quota`, namespace },
  spec: { hard },
  status: { hard, used },
});
