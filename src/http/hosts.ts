import type { onRequestHookHandler } from 'fastify';
import { DevMachineError } from '../devmachine/errors.ts';

/**
 * A hook that refuses requests for other hosts than these; undefined: none. It keeps a web page that lets its own name
 * point to this machine (DNS rebinding) from using an API that only this machine should reach.
 */
export const allowHosts =
  (allowed: readonly string[] | undefined): onRequestHookHandler =>
  ({ hostname }, _reply, done) => {
    if (allowed === undefined || allowed.includes(hostname.toLowerCase())) return done();
    throw new DevMachineError(
      'misdirected-request',
      'This API does not answer for that host. Its administrator can name it in ALLOWED_HOSTS.',
    );
  };
