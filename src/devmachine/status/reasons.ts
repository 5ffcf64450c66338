import type { Phase } from './phases.ts';

/**
 * Why a machine is in its phase: a closed list. What is here is API: a reason is never renamed, and docs/status.md has
 * them all (a test compares). Waiting is not failing: Failed is only what does not pass by itself.
 */

/** What messages are made of; each reason uses its own. */
export interface MessageParams {
  /** How far it is, where a reason has several stages. */
  readonly stage?: string;
  /** The cluster's own words. */
  readonly said?: string;
  readonly container?: string;
  readonly image?: string;
  readonly host?: string;
  /** Who or what stands in the way. */
  readonly other?: string;
  readonly count?: number;
  readonly kinds?: readonly string[];
}

export interface ReasonText {
  readonly phases: readonly Phase[];
  /** What is the matter, for people. */
  readonly message: (params: MessageParams) => string;
  /** What to do about it. */
  readonly hint: string;
}

export const REASONS = {
  AwaitingOperator: {
    phases: ['Pending', 'Starting', 'Stopping'],
    message: ({ stage = 'The operator has not followed the last change of the machine yet.' }) => stage,
    hint: 'Wait: it takes seconds. If it lasts, ask an administrator whether the operator runs.',
  },
  ReleaseFailed: {
    phases: ['Failed'],
    message: ({ said }) => `The operator cannot make the machine what its spec says: ${words(said)}`,
    hint: 'Mend in the spec what the message names. If it names nothing of the spec, ask an administrator.',
  },
  QuotaExceeded: {
    phases: ['Failed'],
    message: ({ said }) => `The namespace's quota has no room for the machine: ${words(said)}`,
    hint: 'Ask for less, stop or delete other machines of the namespace, or have its quota raised.',
  },
  PodRefused: {
    phases: ['Failed'],
    message: ({ said }) => `The cluster refuses to make the machine's pod: ${words(said)}`,
    hint: 'An administrator must change what refuses it; the message names the policy or what is missing.',
  },
  CreatingPod: {
    phases: ['Starting'],
    message: ({ stage = "The machine's pod is being made." }) => stage,
    hint: "Nothing: it takes seconds. If it lasts, an administrator should look at the cluster's controllers.",
  },
  Recreating: {
    phases: ['Starting'],
    message: ({ said }) =>
      `The machine's former pod ends and a new one follows${said ? `: ${words(said)}` : '.'}`,
    hint: 'Wait: the old pod has up to five minutes to end in order.',
  },
  Unschedulable: {
    phases: ['Starting'],
    message: ({ said }) => `No node has a place for the machine now: ${words(said)}`,
    hint: 'Wait for a node to become free or to be added; or ask for less cpu, memory or gpu, or change nodeSelector and tolerations.',
  },
  DiskPending: {
    phases: ['Starting'],
    message: ({ other, said }) =>
      `The disk ${other} is not there yet${said ? `: ${words(said)}` : ': its volume is being made.'}`,
    hint: 'Wait for the volume to be made. If it lasts, have an administrator look at storageClassName and its provisioner.',
  },
  DiskConflict: {
    phases: ['Pending', 'Starting', 'Failed'],
    message: ({ said }) => `The machine cannot have its disk as it is: ${words(said)}`,
    hint: 'End what else uses the disk; or set storage back to what the disk already is; or delete what has its name.',
  },
  DiskLost: {
    phases: ['Failed'],
    message: ({ other }) => `The disk ${other} has lost its volume: its files cannot be reached.`,
    hint: 'An administrator may be able to restore the volume; else delete the machine with its disk and create it again.',
  },
  PullingImage: {
    phases: ['Starting'],
    message: ({ image }) => `The image ${image} is being pulled.`,
    hint: 'Wait: a large image takes minutes the first time on a node.',
  },
  ImagePullFailed: {
    phases: ['Starting', 'Failed'],
    message: ({ image, said }) => `The image ${image} cannot be pulled: ${words(said)}`,
    hint: 'Check the name and tag in image, and that imagePullSecrets names a login for its registry.',
  },
  MountFailed: {
    phases: ['Starting'],
    message: ({ said }) => `A volume of the machine cannot be mounted so far: ${words(said)}`,
    hint: 'Check the mount that the message names: its server, path or claim. The cluster goes on trying.',
  },
  SecretMissing: {
    phases: ['Failed'],
    message: ({ said }) => `A Secret or ConfigMap that the machine uses is missing: ${words(said)}`,
    hint: 'Create what the message names in the namespace of the machine (it is found without a restart), or take it out of env or mounts.',
  },
  ContainerStarting: {
    phases: ['Starting'],
    message: ({ stage = 'The container is being started.' }) => stage,
    hint: 'Wait: what runs in the machine has up to ten minutes to answer for the first time.',
  },
  ContainerStartFailed: {
    phases: ['Failed'],
    message: ({ container, said }) => `The container ${container} cannot be started: ${words(said)}`,
    hint: 'Check command and args, and that the image has them and need not run as root.',
  },
  ContainerCrashing: {
    phases: ['Starting', 'Failed'],
    message: ({ container, said, count }) =>
      `The container ${container} ends again and again: ${words(said)} It was restarted ${times(count)}.`,
    hint: "Look at the container's log. What command and args start must keep running, and answer on the machine's port.",
  },
  OutOfMemory: {
    phases: ['Starting', 'Failed'],
    message: ({ container, count }) =>
      `The container ${container} was killed because it used more memory than the machine has. It was restarted ${times(count)}.`,
    hint: 'Give the machine more memory, or run less in it.',
  },
  Evicted: {
    phases: ['Starting'],
    message: ({ said }) => `The cluster has taken the machine from its node: ${words(said)}`,
    hint: 'Wait: a new pod follows. If it happens again, ask for as much memory as is used, and keep large files on the disk.',
  },
  ProbeFailing: {
    phases: ['Starting'],
    message: ({ container }) => `The container ${container} runs but does not answer when it is asked.`,
    hint: "Look at what runs in the machine: it must answer on the machine's port. A restart may help.",
  },
  NodeLost: {
    phases: ['Starting'],
    message: ({ other }) => `The node ${other}, on which the machine runs, does not answer.`,
    hint: 'Wait for the node to come back. If it does not, the cluster moves the machine to another one after some minutes.',
  },
  EndpointsNotReady: {
    phases: ['Starting'],
    message: () => "The machine's pod is ready, but its Service does not lead to it yet.",
    hint: 'Nothing: it takes seconds. If it lasts, restart the machine.',
  },
  IngressPending: {
    phases: ['Starting'],
    message: ({ host }) => `No Ingress leads from the host ${host} to the machine yet.`,
    hint: 'Wait: the operator puts it (back) there, after 15 minutes at most if somebody has deleted it.',
  },
  HostConflict: {
    phases: ['Failed'],
    message: ({ host, other }) => `The host ${host} already belongs to ${other}.`,
    hint: 'Choose another ingressDomain, or have the other one give it up.',
  },
  PartUnknown: {
    phases: ['Pending', 'Starting', 'Stopping'],
    message: ({ kinds = [] }) =>
      `What the machine is doing is not known: the service may not read objects of kind ${kinds.join(', ')}.`,
    hint: "Have an administrator give the service's account the rights that docs/status.md lists.",
  },
  Ready: {
    phases: ['Running'],
    message: ({ stage = 'The machine runs.' }) => stage,
    hint: 'Use it: the password is in the Secret of its name with -access, unless a proxy guards the host.',
  },
  StoppedByUser: {
    phases: ['Stopping', 'Stopped'],
    message: ({ stage = 'The machine is stopped, as its spec says.' }) => stage,
    hint: 'Start it when it is needed again; its disk stays.',
  },
  Terminating: {
    phases: ['Deleting'],
    message: () => 'The machine is being deleted.',
    hint: 'Wait: the operator takes away what belongs to it. If it lasts, ask an administrator whether the operator runs.',
  },
  TerminationStuck: {
    phases: ['Deleting'],
    message: ({ said }) => `The machine cannot be deleted: ${words(said)}`,
    hint: 'An administrator must mend what the message names, or take that finalizer from the machine.',
  },
} as const satisfies Record<string, ReasonText>;

export type Reason = keyof typeof REASONS;

export const REASON_NAMES = Object.keys(REASONS) as Reason[];

const LONGEST = 500;

/** Somebody else's words: of a length that people read. */
function words(said = ''): string {
  const text = said.replaceAll(/\s+/g, ' ').trim() || 'no more is known';
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

const times = (count = 0): string => (count === 1 ? 'once' : `${count} times`);
