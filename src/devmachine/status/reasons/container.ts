import { quote, type ReasonText, restarted } from './reason.ts';

/** Reasons for a pod that has a node but is not ready; see ../diagnosis/container.ts and container-wait.ts. */
export const CONTAINER_REASONS = {
  PullingImage: {
    phases: ['Starting'],
    summary: 'The node is pulling an image.',
    message: ({ image }) => `The image ${image} is being pulled.`,
    hint: 'Wait; the first pull of a large image on a node takes minutes.',
  },
  ImagePullFailed: {
    phases: ['Starting', 'Failed'],
    summary:
      'Failed: the image does not exist, or access to it is denied. Starting: its registry is unreachable or busy.',
    message: ({ image, upstreamMessage }) => `The image ${image} cannot be pulled: ${quote(upstreamMessage)}`,
    hint: 'Check the name and the tag or digest in image, and that imagePullSecrets has credentials for its registry.',
  },
  MountFailed: {
    phases: ['Starting'],
    summary: 'A volume cannot be mounted, or the PersistentVolumeClaim of a mount does not exist.',
    message: ({ upstreamMessage }) => `A volume of the machine cannot be mounted: ${quote(upstreamMessage)}`,
    hint: 'Check the server, path or claim of the mount named in the message. The cluster keeps retrying.',
  },
  SecretMissing: {
    phases: ['Failed'],
    summary: 'A Secret or ConfigMap in `env` or `mounts` does not exist, or does not have the key.',
    message: ({ upstreamMessage }) =>
      `A Secret or ConfigMap that the machine uses is missing: ${quote(upstreamMessage)}`,
    hint: "Create the object named in the message in the machine's namespace (no restart is needed), or remove it from env or mounts.",
  },
  ContainerStarting: {
    phases: ['Starting'],
    summary:
      'The node is preparing volumes and network, an init container is running, or the container has not passed its startup probe yet.',
    message: ({ progress = 'The container is starting.' }) => progress,
    hint: 'Wait; the machine has up to ten minutes to answer for the first time.',
  },
  ContainerStartFailed: {
    phases: ['Failed'],
    summary:
      'The container cannot be created or started, for example because the image does not contain the command, or must run as root.',
    message: ({ container, upstreamMessage }) =>
      `The container ${container} cannot be started: ${quote(upstreamMessage)}`,
    hint: 'Check command and args, that the image contains the command, and that the image can run as a non-root user.',
  },
  IdeIncompatible: {
    phases: ['Failed'],
    summary:
      "The machine's image cannot run the IDE that the template brings: it has no glibc, a glibc that is too old, no libstdc++, or is for another architecture than the node.",
    message: ({ image, upstreamMessage }) =>
      `The image ${image} cannot run the IDE: ${quote(upstreamMessage)}`,
    hint: 'Use an image with glibc 2.28 or newer and libstdc++ (such as Debian 10 or Ubuntu 20.04, not Alpine) that is for the architecture of the node, or a template whose image contains the IDE.',
  },
  ContainerCrashing: {
    phases: ['Starting', 'Failed'],
    summary:
      'The container keeps exiting. Starting: it is being restarted. Failed: the kubelet delays the next restart (`CrashLoopBackOff`).',
    message: ({ container, exitCode, exitReason, restarts, upstreamMessage }) =>
      `The container ${container} ${restarts ? 'keeps exiting, last' : 'exited'} with exit code ${exitCode} (${exitReason || 'no reason given'})${upstreamMessage ? `: ${quote(upstreamMessage)}` : '.'} ${restarted(restarts)}`,
    hint: "Check the container's log, which also tells a full disk, or an image for another architecture (exec format error). The process that command and args start must keep running and answer on the machine's port.",
  },
  OutOfMemory: {
    phases: ['Starting', 'Failed'],
    summary:
      'The container was killed because it exceeded its memory limit. Phases as for `ContainerCrashing`.',
    message: ({ container, restarts }) =>
      `The container ${container} was killed because it used more memory than its limit. ${restarted(restarts)}`,
    hint: 'Increase memory, or run less in the machine.',
  },
  ProbeFailing: {
    phases: ['Starting'],
    summary: 'The container passed its startup probe before, and its readiness probe fails now.',
    message: ({ container }) => `The container ${container} is running but its readiness probe fails.`,
    hint: "Check the process in the machine: it must answer on the machine's port. A restart may help.",
  },
} as const satisfies Record<string, ReasonText>;
