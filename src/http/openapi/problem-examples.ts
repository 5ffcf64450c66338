import { STATUS_CODES } from 'node:http';

/** One example per status: type, detail and the fields at fault. */
const PROBLEMS: Readonly<Record<number, readonly [type: string, detail: string, ...errors: object[]]>> = {
  400: [
    'invalid-request',
    'limit must be an integer from 1 to 500.',
    { parameter: 'limit', message: 'must be an integer from 1 to 500', source: 'request' },
  ],
  401: ['unauthenticated', 'The request has no bearer token in its Authorization header.'],
  403: ['forbidden', 'User "alice" cannot patch resource "devmachines" in the namespace "team-b".'],
  404: ['machine-not-found', 'There is no machine notebook in the namespace team-a.'],
  409: [
    'already-exists',
    'A machine with this name exists and has a different spec.',
    { pointer: '/spec/memory', message: 'differs', source: 'kubernetes', managers: ['devmachine-api'] },
  ],
  412: ['precondition-failed', 'The machine has changed since then.'],
  413: ['too-large', 'The body is too large.'],
  415: ['unsupported-media-type', 'The body must be application/json.'],
  421: ['misdirected-request', 'This API does not serve that host.'],
  422: ['refused-by-cluster', 'exceeded quota: team-a, requested: cpu=8, used: cpu=30, limited: cpu=32'],
  426: ['upgrade-required', 'This call is a WebSocket: send an upgrade request (RFC 6455).'],
  429: ['too-many-requests', 'You have sent too many requests (RATE_LIMIT_PER_MINUTE).'],
  431: ['malformed-http', 'Request Header Fields Too Large.'],
  500: ['internal-error', 'Internal error. Quote the request id to an administrator.'],
  503: ['cache-not-synced', 'The cache is not synced yet. Retry later.'],
  504: ['cluster-timeout', 'The Kubernetes API server did not respond in time.'],
};

/** The examples of the problem response with this status, in OpenAPI's format. */
export function problemExamples(status: number) {
  const known = PROBLEMS[status];
  if (!known) throw new Error(`no example of a problem with status ${status}`);
  const [type, detail, ...errors] = known;
  const value = {
    type: `urn:devmachine:problem:${type}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: '7f3d4c1e8a52-2s',
    ...(errors.length > 0 ? { errors } : {}),
  };
  return { [type]: { summary: detail, value } };
}
