import fp from 'fastify-plugin';
import { HttpError } from '../responses/http-error.ts';

export interface AllowedHostsOptions {
  /** The host names, in lower case, that requests may be sent to; undefined allows any. */
  readonly allowedHosts: readonly string[] | undefined;
}

/**
 * Refuses requests for other hosts. This protects an API that listens on the loopback interface from DNS rebinding, where
 * a web page points its own host name at the visitor's machine.
 */
export const allowedHosts = fp<AllowedHostsOptions>(
  async (app, { allowedHosts }) => {
    if (allowedHosts === undefined) return;
    const allowed = new Set(allowedHosts);
    // Nearly all requests have the same Host header, which is parsed once.
    let lastAllowed: string | undefined;
    app.addHook('onRequest', (request, _reply, done) => {
      const { host } = request;
      if (host !== lastAllowed) {
        if (!allowed.has(request.hostname.toLowerCase())) return done(misdirected());
        lastAllowed = host;
      }
      done();
    });
  },
  { name: 'allowed-hosts' },
);

const misdirected = (): HttpError =>
  new HttpError(
    'misdirected-request',
    'This API does not serve that host. An administrator can add it to ALLOWED_HOSTS.',
  );
