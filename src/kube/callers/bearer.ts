import { hash } from 'node:crypto';
import { DevMachineError } from '../../devmachine/errors.ts';
import { isObject } from '../../devmachine/json-pointer.ts';
import type { Call, Streams } from '../calls.ts';
import type { RequestClient } from '../client/transport.ts';

/** The Authorization header of a bearer token (RFC 6750, 2.1). With two spaces, the API server would see no token. */
const BEARER = /^bearer [-A-Za-z0-9._~+/]+=*$/i;

/** Throws unauthenticated unless the header has a bearer token. */
export function checkBearer(authorization: string | undefined): asserts authorization is string {
  if (authorization !== undefined && BEARER.test(authorization)) return;
  throw new DevMachineError(
    'unauthenticated',
    'The request has no bearer token in its Authorization header.',
  );
}

/** Identifies a header in caches, which do not contain tokens. */
export const digestOf = (authorization: string): string => hash('sha256', authorization, 'base64url');

/**
 * `call` with this Authorization header. If the cluster refuses the token, `onRefused` is called, and the request rejects
 * with unauthenticated.
 */
export const withAuthorization =
  (call: Call, authorization: string, onRefused: () => void): Call =>
  (signal, work) =>
    call(signal, (client, within) => {
      const bearing: RequestClient = {
        async request(request) {
          const response = await client.request({ ...request, authorization });
          if (response.status !== 401) return response;
          onRefused();
          throw tokenRefused();
        },
      };
      return work(bearing, within);
    });

/** `streams` with this Authorization header; otherwise as withAuthorization. */
export function streamsWithAuthorization(
  { stream, upgrade }: Streams,
  authorization: string,
  onRefused: () => void,
): Streams {
  function admit<T extends { readonly status: number }>(response: T): T {
    if (response.status !== 401) return response;
    onRefused();
    throw tokenRefused();
  }
  return {
    async stream(request) {
      const response = await stream({ ...request, authorization });
      if (response.status === 401) response.body.on('error', () => undefined).resume();
      return admit(response);
    },
    upgrade: async (request) => admit(await upgrade({ ...request, authorization })),
  };
}

export const tokenRefused = (): DevMachineError =>
  new DevMachineError(
    'unauthenticated',
    'The cluster does not accept the token: it is unknown, expired, revoked, or meant for somebody else.',
  );

/**
 * When the token in the header expires, in ms of Date.now(); infinite if it is not a JWT with `exp`. The signature is not
 * checked: the time only shortens how long an answer about a token that the cluster has accepted is kept.
 */
export function expiryOf(authorization: string): number {
  const [, payload = ''] = authorization.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (isObject(claims) && typeof claims['exp'] === 'number') return 1_000 * claims['exp'];
  } catch {
    // Not a JWT.
  }
  return Number.POSITIVE_INFINITY;
}
