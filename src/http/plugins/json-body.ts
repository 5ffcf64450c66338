import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DevMachineError } from '../../devmachine/errors.ts';
import { parseJson } from './strict-json.ts';

/** Bodies are JSON in UTF-8, as they are; a call that takes none is refused with one, so that nobody's wish is ignored. */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      refuseOtherEncodings(request);
      return bytes.length === 0 ? undefined : parseJson(bytes);
    },
  );
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body !== undefined && !request.is404 && !request.routeOptions.schema?.body) {
      throw new DevMachineError('invalid-request', 'This call takes no body.');
    }
    done();
  });
}

function refuseOtherEncodings({ headers }: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  const encoding = headers['content-encoding'] ?? 'identity';
  if (charset.toLowerCase() === 'utf-8' && encoding === 'identity') return;
  throw new DevMachineError('unsupported-media-type', 'The body must be sent in UTF-8, and not compressed.');
}
