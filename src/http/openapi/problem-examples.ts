import { STATUS_CODES } from 'node:http';

/** What the OpenAPI document shows of each problem: type, detail, and the fields at fault. */
const PROBLEMS: Readonly<Record<number, readonly [type: string, detail: string, ...errors: object[]]>> = {
  400: [
    'invalid-request',
    'limit must be a whole number from 1 to 500.',
    { parameter: 'limit', message: 'must be a whole number from 1 to 500', source: 'request' },
  ],
  403: ['forbidden', 'User "devmachine-api" cannot patch resource "devmachines" in the namespace "team-b".'],
  404: ['machine-not-found', 'There is no machine notebook in the namespace team-a.'],
  409: [
    'already-exists',
    'A machine of this name is there with another spec.',
    { pointer: '/spec/memory', message: 'differs', source: 'kubernetes', managers: ['devmachine-api'] },
  ],
  412: ['precondition-failed', 'The machine has changed since.'],
  413: ['too-large', 'The body is too large.'],
  415: ['unsupported-media-type', 'The body must be sent as application/json.'],
  421: ['misdirected-request', 'This API does not answer for that host.'],
  422: ['refused-by-cluster', 'exceeded quota: team-a, requested: cpu=8, used: cpu=30, limited: cpu=32'],
  429: ['too-many-requests', 'The cluster asks us to wait.'],
  500: ['internal-error', 'Something went wrong here. The log knows more.'],
  503: ['cache-not-synced', 'The machines of the cluster are still being read. Try again.'],
  504: ['cluster-timeout', 'The cluster did not answer in time.'],
};

export function problemExamples(status: number) {
  const known = PROBLEMS[status];
  if (!known) throw new Error(`there is no example of a problem with status ${status}`);
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
