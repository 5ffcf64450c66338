import type { FastifyRequest, preValidationHookHandler, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { DevMachineError } from '../../devmachine/errors.ts';
import { HttpError } from '../responses/http-error.ts';
import { parseJson } from './strict-json.ts';

/** Fastify does not read the body of these. */
const BODYLESS_METHODS = new Set(['GET', 'HEAD']);

/**
 * Accepts bodies in JSON and UTF-8 only. A call that takes no body refuses one, so that nothing a client sends is silently
 * ignored.
 */
export const jsonBody = fp(
  async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer' },
      async (request: FastifyRequest, bytes: Buffer) => {
        refuseOtherEncodings(request);
        return bytes.length === 0 ? undefined : parseJson(bytes);
      },
    );
    app.addHook('onRoute', (route) => {
      if (takesNoBody(route)) route.preValidation = [refuseBody, ...[route.preValidation ?? []].flat()];
    });
  },
  { name: 'json-body' },
);

const takesNoBody = ({ method, schema }: RouteOptions): boolean =>
  !schema?.body && ![method].flat().every((one) => BODYLESS_METHODS.has(one));

const refuseBody: preValidationHookHandler = ({ body }, _reply, done) => {
  done(body === undefined ? undefined : new DevMachineError('invalid-request', 'This call takes no body.'));
};

function refuseOtherEncodings({ headers }: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  const encoding = headers['content-encoding'] ?? 'identity';
  if (charset.toLowerCase() === 'utf-8' && encoding === 'identity') return;
  throw new HttpError('unsupported-media-type', 'The body must be UTF-8 and not compressed.');
}
