/** What can go wrong with a machine, whatever the cluster's or HTTP's way of saying it. */
export type ErrorCode =
  | 'invalid-request'
  | 'refused-by-cluster'
  | 'forbidden'
  | 'machine-not-found'
  | 'namespace-not-found'
  | 'already-exists'
  | 'being-deleted'
  | 'conflict'
  | 'precondition-failed'
  | 'too-large'
  | 'too-many-requests'
  | 'too-many-readers'
  | 'cache-not-synced'
  | 'cache-stale'
  | 'overloaded'
  | 'cluster-unavailable'
  | 'cluster-timeout'
  | 'operator-timeout';

/** One field at fault. */
export interface FieldError {
  /** JSON pointer (RFC 6901) into the body. */
  readonly pointer?: string;
  /** Name of the query parameter. */
  readonly parameter?: string;
  readonly message: string;
  readonly source: 'request' | 'kubernetes';
  /** The field managers that own the field in the cluster. */
  readonly managers?: readonly string[];
}

export interface ErrorDetails {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** `message` is shown to the caller: it holds nothing secret. `cause` is for the log. */
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

export const beingDeleted = ({ name }: Key): DevMachineError =>
  new DevMachineError('being-deleted', `The machine ${name} is being deleted. Try again when it is gone.`, {
    retryAfterSeconds: 5,
  });

/** Somebody else was faster each time. */
export const keepsChanging = ({ name }: Key): DevMachineError =>
  new DevMachineError('conflict', `The machine ${name} keeps changing meanwhile. Repeat the request.`, {
    retryAfterSeconds: 1,
  });
