/** The texts of a problem type. `npm run generate` writes them into docs/problems.md (Markdown). */
export interface ErrorText {
  /** What the error means. */
  readonly summary: string;
  /** What the caller can do about it. */
  readonly hint: string;
}

const RETRY = 'Retry after the time in `Retry-After`.';
const REPEAT = 'Repeat the request; this is always safe.';

/**
 * Every error of the domain. The codes are part of the API: they are the last part of a problem's `type`, and are never
 * renamed. src/http/responses maps them to HTTP.
 */
export const ERRORS = {
  'invalid-request': {
    summary:
      'The request is invalid: the body is not JSON, has an unknown field or a wrong type, or violates a rule.',
    hint: 'Fix the fields in `errors`.',
  },
  unauthenticated: {
    summary:
      'The request has no bearer token, or one that the cluster does not accept: it is unknown, expired, revoked, or meant for somebody else.',
    hint: 'Send `Authorization: Bearer TOKEN` with a valid token of the cluster.',
  },
  forbidden: {
    summary: 'The cluster does not permit the request. `detail` names the missing permission.',
    hint: 'Ask an administrator for the permission.',
  },
  'machine-not-found': {
    summary: 'The namespace has no machine of this name.',
    hint: 'Check the name and the namespace.',
  },
  'machine-not-ready': {
    summary:
      'The machine does not have what the call needs, such as a pod or a password. `detail` says what is missing, and the reason of the status.',
    hint: 'Do what the hint of the status says, and repeat the request.',
  },
  'container-not-found': {
    summary:
      "The machine's pod has no such container (`detail` names those that it has), or the container has no previous log because it has not been restarted.",
    hint: 'Use a name from `detail`, or leave out `previous`.',
  },
  'namespace-not-found': {
    summary: 'The namespace does not exist, or this backend does not serve it (`WATCH_NAMESPACES`).',
    hint: 'Check the namespace, or ask an administrator to serve it.',
  },
  'disk-not-found': {
    summary: 'The namespace has no disk of this name that outlived its machine.',
    hint: 'List the disks of the namespace.',
  },
  'disk-in-use': {
    summary: 'The machine of the disk exists, or a pod uses the disk. Nothing was deleted.',
    hint: 'Delete the machine first, with `purge=true` to delete its disk with it, or the pod.',
  },
  'already-exists': {
    summary:
      'A machine of this name exists with a different spec. `errors` has the fields that differ and, in `managers`, who manages them.',
    hint: 'Choose another name, replace the machine, or delete it first.',
  },
  'being-deleted': {
    summary:
      'The machine or its namespace is being deleted. For a purge: a deletion that keeps the disk is in progress.',
    hint: 'Retry when the machine is gone (`Retry-After`).',
  },
  conflict: {
    summary:
      'Another field manager owns a field that would change (`errors` has the fields and, in `managers`, their owners), or others changed the machine during each attempt (`Retry-After`).',
    hint: 'Change the field where it is managed, take it over with `force=true`, or repeat the request.',
  },
  'precondition-failed': {
    summary: 'The spec is no longer the version in `If-Match`.',
    hint: 'Read the status again and decide whether the change still applies.',
  },
  'too-large': {
    summary: 'The body is larger than `BODY_LIMIT_BYTES`, or than the cluster accepts.',
    hint: 'Send a smaller body.',
  },
  'refused-by-cluster': {
    summary:
      'A rule in the cluster refused the request: the CRD, a quota or an admission policy. `detail` quotes the rule.',
    hint: 'Fix what `detail` names.',
  },
  'too-many-requests': {
    summary: 'The caller exceeds `RATE_LIMIT_PER_MINUTE`, or the cluster is throttling requests.',
    hint: RETRY,
  },
  'exec-failed': {
    summary:
      'The node could not start the command in the container, for example because its image has no `sh`.',
    hint: 'Use an image with a shell.',
  },
  'too-many-readers': {
    summary:
      'The number of open event streams, of open logs, or of calls that wait for a phase has reached `MAX_READERS`.',
    hint: 'Retry after the time in `Retry-After`, or poll.',
  },
  'too-many-terminals': {
    summary:
      'The number of open terminals has reached `MAX_TERMINALS`, or the caller has half of that number.',
    hint: 'Close a terminal, or retry after the time in `Retry-After`.',
  },
  'cache-not-synced': { summary: 'The backend is still reading the machines from the cluster.', hint: RETRY },
  'cache-stale': {
    summary:
      'The backend has not heard from the cluster for `MAX_STALENESS_SECONDS`, so its data is too old.',
    hint: RETRY,
  },
  overloaded: {
    summary:
      'Too many requests to the cluster are queued (`MAX_QUEUED_WRITES`), or this one was queued for more than 5 s. Nothing was changed.',
    hint: RETRY,
  },
  'cluster-unavailable': {
    summary: "The cluster is unreachable, rejects the backend's credentials, or does not have the CRD.",
    hint: REPEAT,
  },
  'kubelet-unreachable': {
    summary:
      "The kubelet of the machine's node does not respond: the node is lost, or it is a simulated one, which has none. Logs and terminals come from the kubelet.",
    hint: 'Check the status of the machine, and repeat the request when its node has recovered.',
  },
  'cluster-timeout': {
    summary: 'The cluster did not respond in time. The request may still take effect.',
    hint: REPEAT,
  },
  'operator-timeout': {
    summary:
      'The operator did not release the disk within `PURGE_TIMEOUT_SECONDS` of the purge. Nothing was deleted.',
    hint: 'Repeat the request. If it fails again, check the status of the machine.',
  },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof ERRORS;

/** One field at fault. */
export interface FieldError {
  /** JSON pointer (RFC 6901) into the body. */
  readonly pointer?: string;
  /** Name of the query parameter. */
  readonly parameter?: string;
  readonly message: string;
  /** Whether this API or the cluster found the fault. */
  readonly source: 'request' | 'kubernetes';
  /** The field managers that own the field in the cluster. */
  readonly managers?: readonly string[];
}

export interface ErrorDetails {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The only error that the domain throws. Callers see `message`, so it contains no secret; `cause` is only logged. */
export class DevMachineError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    { errors = [], retryAfterSeconds, cause }: ErrorDetails = {},
  ) {
    super(message, { cause });
    this.name = 'DevMachineError';
    this.code = code;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface Key {
  readonly namespace: string;
  readonly name: string;
}

export const machineNotFound = ({ namespace, name }: Key): DevMachineError =>
  new DevMachineError('machine-not-found', `There is no machine ${name} in the namespace ${namespace}.`);

/** `status` is that of the machine, and `missing` a sentence. */
export const notReady = (
  { name, phase, reason, message }: { name: string; phase: string; reason: string; message: string },
  missing: string,
): DevMachineError =>
  new DevMachineError(
    'machine-not-ready',
    `${missing} The machine ${name} is ${phase} (${reason}): ${message}`,
    { retryAfterSeconds: 5 },
  );

export const beingDeleted = ({ name }: Key): DevMachineError =>
  new DevMachineError('being-deleted', `The machine ${name} is being deleted. Retry when it is gone.`, {
    retryAfterSeconds: 5,
  });

/** Another client changed the machine during each attempt. */
export const keepsChanging = ({ name }: Key): DevMachineError =>
  new DevMachineError(
    'conflict',
    `Other clients changed the machine ${name} during each attempt. Repeat the request.`,
    { retryAfterSeconds: 1 },
  );
