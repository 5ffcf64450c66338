import { quote, type ReasonText } from './reason.ts';

/** Reasons for a pod that does not exist, has no node or has lost its node; see ../diagnosis/pod.ts. */
export const POD_REASONS = {
  CreatingPod: {
    phases: ['Starting'],
    summary: 'The pod has not been created yet, or the scheduler has not processed it yet.',
    message: ({ progress = "The machine's pod is being created." }) => progress,
    hint: 'Wait; this usually takes seconds. If it persists, ask an administrator to check the controller manager and the scheduler.',
  },
  Recreating: {
    phases: ['Starting'],
    summary: 'The previous pod is terminating or has failed. A new pod will replace it.',
    message: ({ upstreamMessage }) =>
      upstreamMessage === undefined
        ? "The machine's previous pod is terminating. A new pod will replace it."
        : `The machine's previous pod failed. A new pod will replace it. Reason: ${quote(upstreamMessage)}`,
    hint: 'Wait; the previous pod has up to five minutes to shut down.',
  },
  NodeLost: {
    phases: ['Starting'],
    summary:
      "The node of the pod, or of the machine's previous pod, has stopped reporting. Nobody knows whether the pod still runs, so no other pod of the machine gets a node.",
    message: ({ node, progress = `The node ${node}, which runs the machine, is not responding.` }) =>
      progress,
    hint: 'Wait for the node to recover. If it is gone for good, ask an administrator to delete the Node, or to taint it with node.kubernetes.io/out-of-service: the machine then starts on another node.',
  },
  Evicted: {
    phases: ['Starting'],
    summary:
      'The node (short of memory or disk), a drain or a pod of higher priority ended the pod. A new pod will replace it.',
    message: ({ upstreamMessage }) => `The machine was evicted from its node: ${quote(upstreamMessage)}`,
    hint: 'Wait for the new pod. If it happens again, set memory to what the machine uses, and keep large files on the disk.',
  },
  EphemeralStorageExceeded: {
    phases: ['Starting'],
    summary:
      'The pod wrote more to its node, outside the disk of the machine, than `ephemeralStorage` or the administrator allows, and was evicted. Also while its replacement starts.',
    message: ({ upstreamMessage }) =>
      `The machine had written more outside its disk than it may, and was evicted: ${quote(upstreamMessage)}`,
    hint: 'Wait for the new pod, which starts with empty folders. Keep large files on the disk of the machine or in a mount, or increase ephemeralStorage.',
  },
  Queued: {
    phases: ['Starting'],
    summary:
      'A scheduling gate holds the pod back, usually of a queueing system such as Kueue, until there is room.',
    message: ({ upstreamMessage }) =>
      `The machine is queued: a scheduling gate holds its pod back. ${quote(upstreamMessage)}`,
    hint: 'Wait until the queue admits the machine. If it persists, ask an administrator about the queue or the quota of the namespace.',
  },
  Unschedulable: {
    phases: ['Starting'],
    summary: 'The scheduler finds no suitable node. A cluster autoscaler may still add one.',
    message: ({ upstreamMessage }) => `No node can run the machine at the moment: ${quote(upstreamMessage)}`,
    hint: 'Wait for a node to become free or to be added; or request less cpu, memory or gpu; or change nodeSelector or tolerations.',
  },
  DiskPending: {
    phases: ['Starting'],
    summary:
      'The PersistentVolumeClaim of the disk is not bound: its volume is being provisioned, or cannot be.',
    message: ({ disk, storageClass, upstreamMessage }) => {
      const text = `The disk ${disk}${storageClass ? ` of the StorageClass ${storageClass}` : ''} is not bound yet`;
      return upstreamMessage === undefined
        ? `${text}. Its volume is being provisioned.`
        : `${text}: ${quote(upstreamMessage)}`;
    },
    hint: 'Wait for the volume. If it persists, ask an administrator to check storageClassName and its provisioner.',
  },
  DiskConflict: {
    phases: ['Pending', 'Starting', 'Failed'],
    summary:
      'Pending: the disk of an earlier machine with this name is still being deleted. Starting: another pod or node is still using the disk. Failed: the existing disk cannot be changed to match the spec.',
    message: ({ upstreamMessage }) => `The machine cannot use its disk: ${quote(upstreamMessage)}`,
    hint: 'Stop whatever else uses the disk, set storage back to match the existing disk, or delete the object that has its name.',
  },
  DiskLost: {
    phases: ['Failed'],
    summary: "The volume behind the disk no longer exists (the PersistentVolumeClaim's phase is `Lost`).",
    message: ({ disk }) => `The disk ${disk} has lost its volume, so its files are not accessible.`,
    hint: 'Ask an administrator whether the volume can be restored. Otherwise delete the machine with its disk and create it again.',
  },
} as const satisfies Record<string, ReasonText>;
