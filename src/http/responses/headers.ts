/**
 * The headers of every response, errors included. The documents are for programs: a browser that navigates to one runs no
 * script from it, shows it in no frame and sends no Referer. A response that may be cached overrides `cache-control`.
 */
export const commonHeaders = (requestId: string) => ({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-request-id': requestId,
});
