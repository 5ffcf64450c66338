import { STATUS_CODES } from 'node:http';
import { type TSchema, Type } from '@sinclair/typebox';
import { problemExamples } from '../openapi/problem-examples.ts';

/** What the schemas of routes say about responses. */

const FieldErrorSchema = Type.Object({
  pointer: Type.Optional(Type.String({ description: 'JSON pointer (RFC 6901) to the field in the body.' })),
  parameter: Type.Optional(Type.String({ description: 'Name of the query parameter.' })),
  message: Type.String({ description: 'What is wrong with it.' }),
  source: Type.Unsafe<'request' | 'kubernetes'>({
    type: 'string',
    enum: ['request', 'kubernetes'],
    description: 'Who found the error: this API, or the Kubernetes API server.',
  }),
  managers: Type.Optional(
    Type.Array(Type.String(), { description: 'The field managers that own the field.' }),
  ),
});

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URN that identifies the problem type. It does not change.' }),
    title: Type.String({ description: 'The reason phrase of the HTTP status.' }),
    status: Type.Integer({ description: 'The HTTP status code.' }),
    detail: Type.String({ description: 'A human-readable explanation.' }),
    instance: Type.String({ description: 'The request id, as in the log and in the header X-Request-Id.' }),
    errors: Type.Optional(Type.Array(FieldErrorSchema, { description: 'The fields at fault.' })),
  },
  { description: 'A problem document (RFC 9457).' },
);

/** The problem responses of a route; every route can answer 421 and 500. */
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

export const NOT_MODIFIED = Type.Unsafe<undefined>({
  type: 'null',
  description: 'The document still has an ETag that If-None-Match lists.',
});

/** The headers of a document from the cache. */
export const DOCUMENT_HEADERS = {
  ETag: { type: 'string', description: 'The version of the document, for If-None-Match and If-Match.' },
  Age: {
    type: 'integer',
    description:
      'Seconds since the document was last known to match the cluster (RFC 9111, 5.1). It grows while the Kubernetes API server does not respond.',
  },
};

/** A JSON response with one example. */
export const jsonResponse = <Schema extends TSchema>(
  schema: Schema,
  description: string,
  value: unknown,
  headers?: object,
) => ({
  description,
  ...(headers && { headers }),
  content: { 'application/json': { schema, examples: { answer: { summary: description, value } } } },
});
