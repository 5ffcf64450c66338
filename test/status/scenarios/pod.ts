import {
  condition,
  deployment,
  endpointSlice,
  NO_PODS,
  type Owner,
  pod,
  pvc,
  running,
  waiting,
} from '../objects.ts';
import { deployed, failing, machineIs, type Scenario, starting, unscheduled } from './scenario.ts';

const CREATING = waiting('ContainerCreating');
const RUNS = { phase: 'Running' };
const STORAGE = { storage: { size: '20Gi' } };

/** A pod that was evicted just now. */
const exceeded = (owner: Owner) =>
  pod(owner, {
    suffix: 'evicted',
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod ephemeral local storage usage exceeds the total limit of containers 20Gi. ',
    },
    conditions: [condition('DisruptionTarget', 'True', 'TerminationByKubelet', '', now())],
  });

/** As Kubernetes writes times. */
const now = () => new Date().toISOString().replace(/\.\d+/, '');

/** A pod that does not exist, has no node yet or has lost its node. */
export const POD_SCENARIOS: readonly Scenario[] = [
  starting('CreatingPod', 'a Deployment without a pod', /is being created/, (owner) => [
    deployment(owner, { status: NO_PODS }),
  ]),
  starting('CreatingPod', 'a pod that the Deployment does not count yet', /is being created/, (owner) => [
    deployment(owner, { status: NO_PODS }),
    pod(owner, { machine: CREATING }),
  ]),
  starting(
    'CreatingPod',
    'a pod that the scheduler has not processed',
    /waiting for the scheduler/,
    deployed((owner) => pod(owner, { node: null, conditions: [] })),
  ),
  {
    ...starting(
      'Recreating',
      'a terminating pod',
      /previous pod is terminating/,
      deployed((owner) => pod(owner)),
    ),
    terminating: ({ name }) => [`${name}-a`],
  },
  {
    ...starting(
      'Recreating',
      'a pod that waits for the end of the previous one',
      /previous pod is terminating/,
      deployed(
        (owner) => pod(owner, { suffix: 'previous' }),
        unscheduled(
          'Unschedulable',
          "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.",
        ),
      ),
    ),
    terminating: ({ name }) => [`${name}-previous`],
  },
  {
    ...starting(
      'NodeLost',
      'a pod that waits for the end of the previous one, whose node does not respond',
      /node-1, which runs the machine's previous pod, is not responding/,
      deployed(
        (owner) => pod(owner, { suffix: 'previous', machine: running(true, { ready: true }), status: RUNS }),
        unscheduled(
          'Unschedulable',
          "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.",
        ),
      ),
    ),
    terminating: ({ name }) => [`${name}-previous`],
  },
  {
    ...starting(
      'NodeLost',
      'a terminating pod whose node does not respond',
      /previous pod, is not responding/,
      deployed((owner) => pod(owner, { machine: running(true, { ready: true }), status: RUNS })),
    ),
    terminating: ({ name }) => [`${name}-a`],
  },
  starting(
    'Unschedulable',
    'a request too large for any node',
    /0\/3 nodes/,
    deployed(unscheduled('Unschedulable', '0/3 nodes are available: 3 Insufficient cpu.')),
  ),
  starting(
    'Queued',
    'a pod with a scheduling gate, as Kueue sets it',
    /scheduling gates/,
    deployed(unscheduled('SchedulingGated', 'Scheduling is blocked due to non-empty scheduling gates')),
  ),
  {
    ...starting(
      'DiskPending',
      'a disk without a volume',
      /StorageClass fast is not bound yet: .*unbound immediate/,
      deployed(
        (owner) => pvc(owner, 'Pending'),
        unscheduled('Unschedulable', 'pod has unbound immediate PersistentVolumeClaims'),
      ),
    ),
    spec: STORAGE,
  },
  {
    ...starting(
      'DiskPending',
      'a volume that is being provisioned for a pod (WaitForFirstConsumer)',
      /volume is being provisioned/,
      deployed(
        (owner) => pvc(owner, 'Pending'),
        (owner) => pod(owner, { node: null, conditions: [] }),
      ),
    ),
    spec: STORAGE,
  },
  starting(
    'DiskConflict',
    'a disk that only another pod may use (ReadWriteOncePod)',
    /ReadWriteOncePod/,
    deployed(
      unscheduled(
        'Unschedulable',
        'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
      ),
    ),
  ),
  {
    ...failing(
      'DiskLost',
      'a disk in the phase Lost',
      /lost its volume/,
      machineIs(CREATING, (owner) => pvc(owner, 'Lost')),
    ),
    spec: STORAGE,
  },
  starting('Evicted', 'a pod that its node has evicted', /low on resource: memory/, (owner) => [
    deployment(owner, { status: NO_PODS }),
    pod(owner, {
      status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
    }),
  ]),
  ...[
    'Pod ephemeral local storage usage exceeds the total limit of containers 20Gi. ',
    'Container machine exceeded its local ephemeral storage limit "20Gi". ',
    'Usage of EmptyDir volume "home" exceeds the limit "20Gi". ',
  ].map((message) =>
    starting('EphemeralStorageExceeded', `a pod with the message ${message}`, /limit .*20Gi/, (owner) => [
      deployment(owner, { status: NO_PODS }),
      pod(owner, { status: { phase: 'Failed', reason: 'Evicted', message } }),
    ]),
  ),
  starting(
    'EphemeralStorageExceeded',
    'the pod that replaces such a pod is starting',
    /limit of containers 20Gi/,
    deployed(exceeded, (owner) => pod(owner, { machine: running(false) })),
  ),
  {
    reason: 'Ready',
    phase: 'Running',
    cause: 'the pod that replaced such a pod is ready',
    message: /previous pod was evicted at .*limit of containers 20Gi/,
    objects: deployed(
      exceeded,
      (owner) => pod(owner),
      (owner) => endpointSlice(owner),
    ),
  },
  {
    ...starting('Evicted', 'a pod that terminates because of a drain', /eviction API/, (owner) => [
      deployment(owner, { status: NO_PODS }),
      pod(owner, {
        conditions: [
          condition('DisruptionTarget', 'True', 'EvictionByEvictionAPI', 'eviction API: evicting'),
        ],
      }),
    ]),
    terminating: ({ name }) => [`${name}-a`],
  },
  {
    ...starting(
      'Evicted',
      'a pod that waits for the end of the evicted one',
      /NoExecute taint/,
      deployed(
        (owner) =>
          pod(owner, {
            suffix: 'previous',
            conditions: [
              condition(
                'DisruptionTarget',
                'True',
                'DeletionByTaintManager',
                'deleting due to NoExecute taint',
              ),
            ],
          }),
        unscheduled(
          'Unschedulable',
          "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.",
        ),
      ),
    ),
    terminating: ({ name }) => [`${name}-previous`],
  },
];
