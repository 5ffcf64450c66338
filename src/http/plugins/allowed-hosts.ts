import type { onRequestHookHandler } from 'fastify';
import { DevMachineError } from '../../devmachine/errors.ts';

/** Host names that requests may be for; undefined: any. */
export type AllowedHosts = readonly string[] | undefined;

export const isAllowed = (allowed: AllowedHosts, hostname: string): boolean =>
  allowed === undefined || allowed.includes(hostname.toLowerCase());

/**
 * A hook that refuses requests for other hosts. It keeps a web page that lets its own name point to this machine (DNS
 * rebinding) from using an API that only this machine should reach.
 */
export const allowHosts =
  (allowed: AllowedHosts): onRequestHookHandler =>
  ({ hostname }, _reply, done) => {
    if (isAllowed(allowed, hostname)) return done();
    throw new DevMachineError(
      'misdirected-request',
      'This API does not answer for that host. Its administrator can name it in ALLOWED_HOSTS.',
    );
  };
