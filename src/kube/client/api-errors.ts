import { DevMachineError, type ErrorCode, type FieldError } from '../../devmachine/errors.ts';
import { escapeKey } from '../../devmachine/json-pointer.ts';
import type { KubeResponse } from './transport.ts';

/** A meta/v1 Status, with which the API server refuses a request. */
export interface Status {
  readonly kind: 'Status';
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly kind?: string;
    readonly uid?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { reason?: string; message?: string; field?: string }[];
  };
}

export function asStatus(body: unknown): Status | undefined {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status'
    ? (body as Status)
    : undefined;
}

export const hasCause = (status: Status | undefined, reason: string): boolean =>
  status?.details?.causes?.some((cause) => cause.reason === reason) ?? false;

/** The cluster does not know the kind of objects: its CRD is not installed. */
export class NotServedError extends DevMachineError {}

/** Of a body that is not from the API server, but from a proxy. */
const MAX_QUOTED = 500;

/** Converts a refusal to a domain error that keeps the API server's message. */
export function toDomainError({ status: code, headers, body }: KubeResponse): DevMachineError {
  const status = asStatus(body);
  const retryAfter = Number(headers['retry-after'] ?? status?.details?.retryAfterSeconds);
  const details = {
    errors: fieldErrors(status),
    ...(retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}),
    // Not the body itself: it may be an object with the values of variables.
    cause: status ?? (typeof body === 'string' ? body.slice(0, MAX_QUOTED) : undefined),
  };
  // A 500 may contain internal addresses: its message goes to the log only.
  const message = (code === 500 ? undefined : status?.message) ?? `The cluster answered ${code}.`;
  const known = code === 403 ? forbidden(status) : (CODES[code] ?? 'cluster-unavailable');
  if (code === 404 && status?.details?.kind === 'namespaces') {
    return new DevMachineError('namespace-not-found', message, details);
  }
  if (code === 401)
    return new DevMachineError(
      'cluster-unavailable',
      'The cluster refuses the credentials of this service.',
      details,
    );
  if (code === 404) {
    return new NotServedError(
      'cluster-unavailable',
      'The cluster does not know DevMachines: is the CRD installed?',
      details,
    );
  }
  return new DevMachineError(known, message, details);
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'refused-by-cluster',
  409: 'conflict',
  413: 'too-large',
  422: 'refused-by-cluster',
  429: 'too-many-requests',
  504: 'cluster-timeout',
};

/** A 403 has three meanings. Quota refusals have no cause; only the quota plugin's message identifies them. */
function forbidden(status: Status | undefined): ErrorCode {
  if (hasCause(status, 'NamespaceTerminating')) return 'being-deleted';
  return status?.message?.includes('exceeded quota:') ? 'refused-by-cluster' : 'forbidden';
}

function fieldErrors(status: Status | undefined): FieldError[] {
  return (status?.details?.causes ?? [])
    .filter((cause) => cause.field && cause.field !== '<nil>')
    .map((cause) => ({
      pointer: toPointer(cause.field ?? ''),
      message: cause.message ?? cause.reason ?? 'refused',
      source: 'kubernetes',
    }));
}

/** `spec.mounts[0].name` or `.spec.cpu` as a JSON pointer. Keys in brackets may contain dots. */
export function toPointer(field: string): string {
  const keys = field.match(/\[[^\]]*(?:\]|$)|[^.[\]]+/g) ?? [];
  return keys.map((key) => `/${escapeKey(key.replace(/^\[|\]$/g, ''))}`).join('');
}
