import type { Phase } from '../phases.ts';

/** The values that a message can mention. Each reason uses some of them. */
export interface MessageParams {
  /** A text that replaces the default message, or its beginning, for a reason that has several steps. */
  readonly progress?: string;
  /** A hint that replaces the reason's, for a case in which another step helps. */
  readonly hint?: string;
  /** A message from Kubernetes, the operator or the container runtime, quoted in ours. */
  readonly upstreamMessage?: string;
  readonly container?: string;
  readonly image?: string;
  readonly host?: string;
  /** Who has the host. */
  readonly hostOwner?: string;
  readonly ingressClass?: string;
  /** Name of the Certificate, and of its Secret. */
  readonly certificate?: string;
  /** Name of the machine's PersistentVolumeClaim. */
  readonly disk?: string;
  /** The StorageClass of the disk. */
  readonly storageClass?: string | undefined;
  readonly node?: string;
  readonly exitCode?: number;
  /** The kubelet's reason for the end of a container, such as Error. */
  readonly exitReason?: string;
  readonly restarts?: number;
  readonly finalizers?: readonly string[];
  /** The kinds of objects that the backend may not read. */
  readonly kinds?: readonly string[];
}

/** The texts of one reason. `npm run generate` writes phases, summary and hint into docs/status.md. */
export interface ReasonText {
  /** The phases that a machine with this reason can be in. */
  readonly phases: readonly Phase[];
  /** For docs/status.md (Markdown): which state of the cluster leads to this reason. */
  readonly summary: string;
  /** For users: what is happening. It must read well without any parameter, too. */
  readonly message: (params: MessageParams) => string;
  /** For users: what to do about it. */
  readonly hint: string;
}

const MAX_QUOTE_LENGTH = 500;

/** An upstream message as the end of a sentence: on one line, of limited length, with a full stop. */
export function quote(upstreamMessage = ''): string {
  const text = upstreamMessage.replaceAll(/\s+/g, ' ').trim() || 'no details are available';
  const short = text.length > MAX_QUOTE_LENGTH ? `${text.slice(0, MAX_QUOTE_LENGTH)}…` : text;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

export const restarted = (restarts = 0): string => {
  if (restarts === 0) return 'It has not been restarted yet.';
  return `It has been restarted ${restarts === 1 ? 'once' : `${restarts} times`}.`;
};
