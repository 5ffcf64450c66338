import type { onRequestHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import type { Caller, Callers } from '../../devmachine/caller.ts';
import { checkConnected } from '../responses/abort.ts';
import { addressKey, type RateLimiter } from './rate-limit.ts';
import { accessOf } from './route-access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request. Undefined in routes whose access is open. */
    caller: Caller;
  }
}

export interface AuthenticationOptions {
  readonly callers: Callers;
  readonly rateLimiter: RateLimiter | undefined;
}

/**
 * Finds out who sent a request, before anything else is done for it. The rate limit is that of the user once the user is
 * known, and before that of the client's address: so guesses of tokens count, too.
 *
 * A hook of each route instead of one for all: a route without a declared access cannot be registered (accessOf).
 */
export const authentication = fp<AuthenticationOptions>(
  async (app, { callers, rateLimiter }) => {
    const authenticate: onRequestHookHandler = (request, reply, done) => {
      const { authorization } = request.headers;
      const known = callers.known(authorization);
      rateLimiter?.take(known?.name === undefined ? addressKey(request.ip) : `user ${known.name}`);
      if (known) {
        request.caller = known;
        return done();
      }
      return callers.authenticate(authorization).then((caller) => {
        request.caller = caller;
        checkConnected(reply);
      });
    };
    app.decorateRequest('caller');
    app.addHook('onRoute', (route) => {
      if (accessOf(route) !== 'open') route.onRequest = [...[route.onRequest ?? []].flat(), authenticate];
    });
  },
  { name: 'authentication' },
);
