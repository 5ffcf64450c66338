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
  | 'too-large'
  | 'unsupported-media-type'
  | 'misdirected-request'
  | 'too-many-requests'
  | 'cache-not-synced'
  | 'cluster-unavailable'
  | 'cluster-timeout';

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
