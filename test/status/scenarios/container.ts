import { condition, LATEST, pod, podEvent, running, terminated, waiting } from '../objects.ts';
import { deployed, failing, machineIs, type Scenario, starting, unscheduled } from './scenario.ts';

const CREATING = waiting('ContainerCreating');
/** A container that was restarted after it ended so, and is in this state now. */
export const again = (reason: string, exitCode: number, state: object, message?: string) => ({
  ...state,
  restartCount: 3,
  lastState: terminated(reason, exitCode, message),
});
export const CRASH_LOOP = waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container');

/** A pod that has a node but is not ready. */
export const CONTAINER_SCENARIOS: readonly Scenario[] = [
  starting(
    'PullingImage',
    'event Pulling of a waiting container',
    /machine:1 is being pulled/,
    machineIs(CREATING, (owner) => podEvent(owner, 'Pulling', 'Pulling image "x"')),
  ),
  starting(
    'ContainerStarting',
    'condition PodReadyToStartContainers and a waiting container whose image the node has',
    /node is creating the container machine/,
    deployed((owner) =>
      pod(owner, {
        machine: CREATING,
        conditions: [condition('PodScheduled', 'True'), condition('PodReadyToStartContainers', 'True')],
      }),
    ),
  ),
  failing(
    'ImagePullFailed',
    'an image that does not exist',
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
    'a mount whose PersistentVolumeClaim does not exist',
    /team-cache/,
    deployed(unscheduled('Unschedulable', 'persistentvolumeclaim "team-cache" not found')),
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
    'a Secret in env that does not exist',
    /secret "tokens" not found/,
    machineIs(waiting('CreateContainerConfigError', 'secret "tokens" not found')),
  ),
  failing(
    'SecretMissing',
    'a Secret in mounts that does not exist (event FailedMount)',
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
    'a node that is preparing volumes and network',
    /preparing the machine's volumes/,
    machineIs(CREATING),
  ),
  starting(
    'ContainerStarting',
    'a running init container',
    /init container ide is running/,
    deployed((owner) => pod(owner, { init: running(true) })),
  ),
  {
    ...starting(
      'ContainerStarting',
      'a bucket that is being copied',
      /s3-fetch-0 is copying a bucket/,
      deployed((owner) => pod(owner, { initName: 's3-fetch-0', init: running(true) })),
    ),
    hint: /check bucket, prefix and endpoint/,
  },
  starting(
    'ContainerStarting',
    'a container that has passed its startup probe, before its first readiness probe',
    /does not answer on its port yet/,
    machineIs({ ...running(true), state: { running: { startedAt: LATEST } } }),
  ),
  starting(
    'ContainerStarting',
    'a container whose startup probe has yet to succeed',
    /does not answer on its port yet/,
    machineIs(running(false)),
  ),
  failing(
    'ContainerStartFailed',
    'a command that the image does not contain',
    /executable file not found/,
    machineIs(waiting('RunContainerError', 'exec: "nosuch": executable file not found in $PATH')),
  ),
  starting(
    'ContainerCrashing',
    'an init container of the IDE that has failed once',
    /ide exited with exit code 1 \(Error\): cp: no space\. It has not been restarted yet\.$/,
    deployed((owner) => pod(owner, { init: { state: terminated('Error', 1, 'cp: no space') } })),
  ),
  failing(
    'ContainerCrashing',
    'a container in CrashLoopBackOff',
    /exit code 1 \(Error\).*3 times/,
    machineIs(again('Error', 1, CRASH_LOOP)),
  ),
  starting(
    'ContainerCrashing',
    'a container that is being restarted',
    /exit code 0 \(Completed\)/,
    machineIs(again('Completed', 0, running(false))),
  ),
  {
    ...failing(
      'ContainerCrashing',
      'a bucket that cannot be copied',
      /s3-fetch-0 keeps exiting/,
      deployed((owner) => pod(owner, { initName: 's3-fetch-0', init: again('Error', 1, CRASH_LOOP) })),
    ),
    hint: /secretName of the s3 mount/,
  },
  failing(
    'OutOfMemory',
    'an OOM-killed container in CrashLoopBackOff',
    /more memory than/,
    machineIs(again('OOMKilled', 137, CRASH_LOOP)),
  ),
  starting(
    'OutOfMemory',
    'a container that was just OOM-killed',
    /more memory than/,
    machineIs({ state: terminated('OOMKilled', 137) }),
  ),
  failing(
    'ContainerStartFailed',
    'a container that could not be started, in CrashLoopBackOff',
    /no such file/,
    machineIs({
      ...CRASH_LOOP,
      restartCount: 3,
      lastState: terminated('StartError', 128, 'exec: "/nosuch": no such file'),
    }),
  ),
  starting(
    'NodeLost',
    'a pod that is not ready while its containers are',
    /node node-1/,
    deployed((owner) =>
      pod(owner, { machine: running(true, { ready: true }), status: { phase: 'Running' } }),
    ),
  ),
  starting(
    'ProbeFailing',
    'a container whose readiness probe fails',
    /readiness probe fails/,
    machineIs(running(true)),
  ),
];
