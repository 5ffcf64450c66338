import { STATUS_CODES } from 'node:http';
import { Type } from '@sinclair/typebox';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DevMachineError, type ErrorCode, type FieldError } from '../../devmachine/errors.ts';
import { problemExamples } from '../openapi/problem-examples.ts';
import { withCommonHeaders } from './headers.ts';
import { toRequestError } from './validation.ts';

/** The one place where errors become HTTP: problem documents of RFC 9457. */

export const STATUS: Readonly<Record<ErrorCode, number>> = {
  'invalid-request': 400,
  forbidden: 403,
  'machine-not-found': 404,
  'namespace-not-found': 404,
  'already-exists': 409,
  'being-deleted': 409,
  conflict: 409,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  'misdirected-request': 421,
  'refused-by-cluster': 422,
  'too-many-requests': 429,
  'too-many-readers': 503,
  'cache-not-synced': 503,
  'cache-stale': 503,
  overloaded: 503,
  'cluster-unavailable': 503,
  'cluster-timeout': 504,
  'operator-timeout': 504,
};

const FieldErrorSchema = Type.Object({
  pointer: Type.Optional(Type.String({ description: 'JSON pointer (RFC 6901) into the body.' })),
  parameter: Type.Optional(Type.String({ description: 'Name of the query parameter.' })),
  message: Type.String({ description: 'What is wrong with it.' }),
  source: Type.Unsafe<'request' | 'kubernetes'>({
    type: 'string',
    enum: ['request', 'kubernetes'],
    description: 'Who found it: this API, or the cluster.',
  }),
  managers: Type.Optional(
    Type.Array(Type.String(), { description: 'The field managers that own the field.' }),
  ),
});

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Which problem, for programs: a URN that does not change.' }),
    title: Type.String({ description: 'The HTTP status in words.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What is wrong, for people.' }),
    instance: Type.String({ description: 'The request, as the log names it.' }),
    errors: Type.Optional(Type.Array(FieldErrorSchema, { description: 'The fields at fault.' })),
  },
  { description: 'A problem document (RFC 9457).' },
);

/** The problem answers of a call, for its schema; some can come from any. */
export const problems = (...statuses: number[]) =>
  Object.fromEntries(
    [...statuses, 421, 500].map((status) => [
      status,
      {
        description: STATUS_CODES[status] ?? 'Error',
        content: { 'application/problem+json': { schema: Problem, examples: problemExamples(status) } },
      },
    ]),
  );

/** The answer to whoever has the document already. */
export const NOT_MODIFIED = Type.Unsafe<undefined>({
  type: 'null',
  description: 'Unchanged since the ETag of If-None-Match.',
});

export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.raw.socket?.destroyed) {
    request.log.debug({ err: error }, 'the client went away');
    return reply.code(499).send();
  }
  const known = toProblem(error);
  if (!known) {
    request.log.error({ err: error }, 'unexpected error');
    return sendProblem(
      request,
      reply,
      500,
      'internal-error',
      'Something went wrong here. The log knows more.',
    );
  }
  const [status, code, { message, errors = [], retryAfterSeconds, cause }] = known;
  if (status >= 500)
    request.log[code === 'cache-not-synced' ? 'debug' : 'warn']({ code, err: cause ?? error }, message);
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  return sendProblem(request, reply, status, code, message, errors);
}

export function handleNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(
    request,
    reply,
    404,
    'no-such-call',
    `There is no ${request.method} ${request.url.split('?')[0]}.`,
  );
}

type Known = readonly [status: number, code: string, explanation: Explanation];

interface Explanation {
  readonly message: string;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

function toProblem(error: FastifyError): Known | undefined {
  if (error instanceof DevMachineError) return [STATUS[error.code], error.code, error];
  if (error.validation) {
    return [400, 'invalid-request', toRequestError(error.validation, error.validationContext ?? 'body')];
  }
  const { statusCode = 500 } = error;
  const fallback = statusCode < 500 ? ([400, 'invalid-request', error] as const) : undefined;
  return FASTIFY_PROBLEMS[error.code] ?? fallback;
}

const FASTIFY_PROBLEMS: Readonly<Record<string, Known>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'unsupported-media-type',
    { message: 'The body must be sent as application/json.' },
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'too-large', { message: 'The body is too large.' }],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'invalid-request',
    { message: 'The body is not as long as announced.' },
  ],
  FST_ERR_BAD_URL: [400, 'invalid-request', { message: 'The URL is malformed.' }],
};

function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  errors: readonly FieldError[] = [],
): FastifyReply {
  return withCommonHeaders(request, reply)
    .code(status)
    .type('application/problem+json')
    .send({
      type: `urn:devmachine:problem:${code}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail,
      instance: request.id,
      ...(errors.length > 0 ? { errors } : {}),
    });
}
