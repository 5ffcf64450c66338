import { claim, condition, deployment, ended, NO_PODS, pod, podEvent, running, waiting } from '../objects.ts';
import { deployed, machineIs, notPlaced, type Scenario } from './scenario.ts';

const CREATING = waiting('ContainerCreating');
const STORAGE = { storage: { size: '20Gi' } };
const again = (reason: string, exitCode: number, state: object) => ({
  ...state,
  restartCount: 3,
  lastState: ended(reason, exitCode),
});
const CRASH_LOOP = waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container');

const starting = (reason: Scenario['reason'], how: string, says: RegExp, objects: Scenario['objects']) =>
  ({ reason, phase: 'Starting', how, says, objects }) as const;
const failing = (reason: Scenario['reason'], how: string, says: RegExp, objects: Scenario['objects']) =>
  ({ reason, phase: 'Failed', how, says, objects }) as const;

/** A pod on its way to a node. */
const PLACING: readonly Scenario[] = [
  starting('CreatingPod', 'a Deployment without a pod', /is being made/, (owner) => [
    deployment(owner, { status: NO_PODS }),
  ]),
  starting(
    'CreatingPod',
    'a pod that the scheduler has not seen',
    /waits for the scheduler/,
    deployed((owner) => pod(owner, { node: null, conditions: [] })),
  ),
  {
    ...starting(
      'Recreating',
      'a pod that is ending',
      /former pod ends/,
      deployed((owner) => pod(owner)),
    ),
    ending: ({ name }) => [`${name}-a`],
  },
  starting(
    'Unschedulable',
    'a request too large for any node',
    /0\/3 nodes/,
    deployed(notPlaced('Unschedulable', '0/3 nodes are available: 3 Insufficient cpu.')),
  ),
  {
    ...starting(
      'DiskPending',
      'a disk without a volume',
      /unbound immediate/,
      deployed(
        (owner) => claim(owner, 'Pending'),
        notPlaced('Unschedulable', 'pod has unbound immediate PersistentVolumeClaims'),
      ),
    ),
    spec: STORAGE,
  },
  {
    ...starting(
      'DiskPending',
      'a volume that is being made for a pod (WaitForFirstConsumer)',
      /volume is being made/,
      deployed(
        (owner) => claim(owner, 'Pending'),
        (owner) => pod(owner, { node: null, conditions: [] }),
      ),
    ),
    spec: STORAGE,
  },
  starting(
    'DiskConflict',
    'a disk that another pod alone may use (ReadWriteOncePod)',
    /ReadWriteOncePod/,
    deployed(
      notPlaced(
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
      machineIs(CREATING, (owner) => claim(owner, 'Lost')),
    ),
    spec: STORAGE,
  },
  starting('Evicted', 'a pod that its node has evicted', /low on resource: memory/, (owner) => [
    deployment(owner, { status: NO_PODS }),
    pod(owner, {
      status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
    }),
  ]),
  {
    ...starting('Evicted', 'a pod that ends because of a drain', /eviction API/, (owner) => [
      deployment(owner, { status: NO_PODS }),
      pod(owner, {
        conditions: [
          condition('DisruptionTarget', 'True', 'EvictionByEvictionAPI', 'eviction API: evicting'),
        ],
      }),
    ]),
    ending: ({ name }) => [`${name}-a`],
  },
];

/** A pod on its node. */
const ON_NODE: readonly Scenario[] = [
  starting(
    'PullingImage',
    'event Pulling of a container that waits',
    /machine:1 is being pulled/,
    machineIs(CREATING, (owner) => podEvent(owner, 'Pulling', 'Pulling image "x"')),
  ),
  starting(
    'PullingImage',
    'condition PodReadyToStartContainers and a container that waits',
    /is being pulled/,
    deployed((owner) =>
      pod(owner, {
        machine: CREATING,
        conditions: [condition('PodScheduled', 'True'), condition('PodReadyToStartContainers', 'True')],
      }),
    ),
  ),
  failing(
    'ImagePullFailed',
    'an image that is not there',
    /not found/,
    machineIs(waiting('ImagePullBackOff', 'ErrImagePull: registry.example.com/machine:1: not found')),
  ),
  starting(
    'ImagePullFailed',
    'a registry that does not answer',
    /i\/o timeout/,
    machineIs(waiting('ErrImagePull', 'dial tcp 10.0.0.1:443: i/o timeout')),
  ),
  starting(
    'MountFailed',
    'event FailedMount of an NFS mount',
    /access denied by server/,
    machineIs(CREATING, (owner) => podEvent(owner, 'FailedMount', 'mount.nfs: access denied by server')),
  ),
  starting(
    'MountFailed',
    'a mount whose claim is missing',
    /team-cache/,
    deployed(notPlaced('Unschedulable', 'persistentvolumeclaim "team-cache" not found')),
  ),
  starting(
    'DiskConflict',
    'event FailedAttachVolume with Multi-Attach',
    /Multi-Attach/,
    machineIs(CREATING, (owner) =>
      podEvent(owner, 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"'),
    ),
  ),
  failing(
    'SecretMissing',
    'a Secret in env that is not there',
    /secret "tokens" not found/,
    machineIs(waiting('CreateContainerConfigError', 'secret "tokens" not found')),
  ),
  failing(
    'SecretMissing',
    'a Secret in mounts that is not there (event FailedMount)',
    /secret "keys" not found/,
    machineIs(CREATING, (owner) =>
      podEvent(
        owner,
        'FailedMount',
        'MountVolume.SetUp failed for volume "mount-0" : secret "keys" not found',
      ),
    ),
  ),
  starting(
    'ContainerStarting',
    'a node that prepares volumes and network',
    /prepares the volumes/,
    machineIs(CREATING),
  ),
  starting(
    'ContainerStarting',
    'an init container that runs',
    /container ide prepares/,
    deployed((owner) => pod(owner, { init: running(false) })),
  ),
  starting(
    'ContainerStarting',
    'a container whose startup probe has yet to succeed',
    /does not answer yet/,
    machineIs(running(false)),
  ),
  failing(
    'ContainerStartFailed',
    'a command that the image does not have',
    /executable file not found/,
    machineIs(waiting('RunContainerError', 'exec: "nosuch": executable file not found in $PATH')),
  ),
  failing(
    'ContainerCrashing',
    'a container in CrashLoopBackOff',
    /exit code 1 \(Error\).*3 times/,
    machineIs(again('Error', 1, CRASH_LOOP)),
  ),
  starting(
    'ContainerCrashing',
    'a container that is started again',
    /exit code 0 \(Completed\)/,
    machineIs(again('Completed', 0, running(false))),
  ),
  failing(
    'OutOfMemory',
    'an OOM-killed container in CrashLoopBackOff',
    /more memory than/,
    machineIs(again('OOMKilled', 137, CRASH_LOOP)),
  ),
  starting(
    'OutOfMemory',
    'a container that was OOM-killed just now',
    /more memory than/,
    machineIs({ state: ended('OOMKilled', 137) }),
  ),
  failing(
    'ContainerStartFailed',
    'a container that could not be started, in CrashLoopBackOff',
    /no such file/,
    machineIs({
      ...CRASH_LOOP,
      restartCount: 3,
      lastState: ended('StartError', 128, 'exec: "/nosuch": no such file'),
    }),
  ),
  starting(
    'NodeLost',
    'a pod that is not ready while its containers are',
    /node node-1/,
    machineIs(running(true, { ready: true })),
  ),
  starting(
    'ProbeFailing',
    'a container whose readiness probe fails',
    /does not answer when it is asked/,
    machineIs(running(true)),
  ),
];

export const POD_SCENARIOS: readonly Scenario[] = [...PLACING, ...ON_NODE];
