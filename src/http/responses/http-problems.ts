import type { ErrorText } from '../../devmachine/errors.ts';

/** Problems that only HTTP has, in addition to the errors of the domain (ERRORS). docs/problems.md has both. */
export const HTTP_PROBLEMS = {
  'malformed-http': {
    statuses: [400, 408, 431],
    summary: 'The request is not valid HTTP, arrived too slowly, or has too large a header.',
    hint: 'Check the client, and any proxy in front of the API.',
  },
  'foreign-origin': {
    statuses: [403],
    summary:
      'A web page of an origin that is not in `CORS_ORIGINS` tried to change something, or to open a terminal.',
    hint: 'Ask an administrator to add the origin of the page.',
  },
  'unsupported-media-type': {
    statuses: [415],
    summary: 'The body is not `application/json` in UTF-8, or it is compressed.',
    hint: 'Send `application/json` in UTF-8, uncompressed.',
  },
  'misdirected-request': {
    statuses: [421],
    summary: 'The API does not serve the host in the request.',
    hint: 'Use a host from `ALLOWED_HOSTS`.',
  },
  'upgrade-required': {
    statuses: [426],
    summary: 'The call is a WebSocket, and the request does not ask for one.',
    hint: 'Use a WebSocket client.',
  },
  'no-such-call': {
    statuses: [404],
    summary: 'No call has this path and method.',
    hint: 'See openapi.yaml.',
  },
  'internal-error': {
    statuses: [500],
    summary: 'Internal error.',
    hint: 'Quote `instance`, the request id, to an administrator.',
  },
} as const satisfies Record<string, ErrorText & { readonly statuses: readonly number[] }>;
