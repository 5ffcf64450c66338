import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DevMachineError, type ErrorCode, type FieldError } from '../../devmachine/errors.ts';
import { ClientClosedError } from './abort.ts';
import { commonHeaders } from './headers.ts';
import { HttpError } from './http-error.ts';
import { HTTP_PROBLEMS } from './http-problems.ts';
import { toRequestError } from './validation.ts';

/** The only place that turns errors into HTTP: problem documents of RFC 9457. */

export const STATUS: Readonly<Record<ErrorCode, number>> = {
  'invalid-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'machine-not-found': 404,
  'container-not-found': 404,
  'namespace-not-found': 404,
  'machine-not-ready': 409,
  'disk-not-found': 404,
  'disk-in-use': 409,
  'already-exists': 409,
  'being-deleted': 409,
  conflict: 409,
  'precondition-failed': 412,
  'too-large': 413,
  'refused-by-cluster': 422,
  'exec-failed': 422,
  'too-many-requests': 429,
  'too-many-readers': 503,
  'too-many-terminals': 503,
  'cache-not-synced': 503,
  'cache-stale': 503,
  overloaded: 503,
  'cluster-unavailable': 503,
  'kubelet-unreachable': 503,
  'cluster-timeout': 504,
  'operator-timeout': 504,
};

interface Problem {
  readonly status: number;
  /** The last part of the problem's `type`. */
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** Fastify's own errors, by their code. */
const FASTIFY_PROBLEMS: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported-media-type',
    detail: 'The body must be application/json.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'too-large', detail: 'The body is too large.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'invalid-request',
    detail: 'The length of the body does not match Content-Length.',
  },
  FST_ERR_BAD_URL: { status: 400, code: 'invalid-request', detail: 'The URL is malformed.' },
};

const INTERNAL_ERROR: Problem = {
  status: 500,
  code: 'internal-error',
  detail: 'Internal error. Quote the request id to an administrator.',
};

/** The app's error handler. Errors that nobody foresaw are logged and answered without their message. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (request.raw.socket?.destroyed && (problem || error instanceof ClientClosedError)) {
    request.log.debug({ err: error }, 'client closed the connection');
    return reply.code(499).send();
  }
  if (!problem) {
    request.log.error({ err: error }, 'unexpected error');
    return sendProblem(request, reply, INTERNAL_ERROR);
  }
  const { status, code, detail } = problem;
  if (status >= 500) {
    // While the cache syncs, every read and every probe fails in this way.
    const level = code === 'cache-not-synced' ? 'debug' : 'warn';
    request.log[level]({ code, err: error.cause ?? error }, detail);
  }
  return sendProblem(request, reply, problem);
}

export function handleNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0];
  return sendProblem(request, reply, {
    status: 404,
    code: 'no-such-call',
    detail: `There is no call ${request.method} ${path}.`,
  });
}

/** undefined if the error is a bug. */
function toProblem(error: FastifyError): Problem | undefined {
  if (error instanceof DevMachineError) return fromDomain(error);
  if (error instanceof HttpError) {
    const [status] = HTTP_PROBLEMS[error.code].statuses;
    return { status, code: error.code, detail: error.message };
  }
  if (error.validation)
    return fromDomain(toRequestError(error.validation, error.validationContext ?? 'body'));
  const known = FASTIFY_PROBLEMS[error.code];
  if (known) return known;
  const isClientError = (error.statusCode ?? 500) < 500;
  return isClientError ? { status: 400, code: 'invalid-request', detail: error.message } : undefined;
}

const fromDomain = ({ code, message, errors, retryAfterSeconds }: DevMachineError): Problem => ({
  status: STATUS[code],
  code,
  detail: message,
  errors,
  retryAfterSeconds,
});

function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, code, detail, errors, retryAfterSeconds }: Problem,
): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 426) reply.headers({ upgrade: 'websocket', connection: 'upgrade, close' });
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  return reply
    .headers(commonHeaders(request.id))
    .code(status)
    .type('application/problem+json')
    .send(toDocument({ status, code, detail, errors }, request.id));
}

const toDocument = ({ status, code, detail, errors = [] }: Problem, instance: string) => ({
  type: `urn:devmachine:problem:${code}`,
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  instance,
  ...(errors.length > 0 ? { errors } : {}),
});

/** The problem document of an error that came after the response had begun. */
export const problemDocument = (error: DevMachineError, requestId: string) =>
  toDocument(fromDomain(error), requestId);
