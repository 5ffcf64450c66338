import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { Machines } from './devmachine/machines.ts';
import { changeRoutes } from './http/changes.ts';
import { devMachineRoutes } from './http/devmachines.ts';
import { eventRoutes } from './http/events.ts';
import { healthRoutes } from './http/health.ts';
import { parseJson } from './http/json.ts';
import { listRoutes } from './http/listing.ts';
import { OPENAPI } from './http/openapi.ts';
import { handleError, handleNotFound, withCommonHeaders } from './http/problems.ts';
import { statusRoutes } from './http/status.ts';
import { templateRoutes } from './http/templates.ts';
import { AJV_OPTIONS } from './http/validation.ts';

export interface Dependencies {
  readonly machines: Machines;
  readonly logger: FastifyBaseLogger;
}

/** The whole API, for production and tests alike. It neither listens nor exits, and reads nothing but its arguments. */
export async function buildApp(config: Config, { machines, logger }: Dependencies): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: logger,
    ajv: AJV_OPTIONS,
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.requestTimeoutMs,
    genReqId: () => randomUUID(),
    frameworkErrors: handleError,
    clientErrorHandler: refuseMalformedHttp,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: unknown, text: string) => (text === '' ? undefined : parseJson(text)),
  );
  // Response schemas document; they do not filter, so that nothing which the cluster stores is lost on the way out.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onRequest', async (request, reply) => {
    withCommonHeaders(request, reply);
  });
  // A connection that is kept alive would keep a stopping process waiting for it.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });

  await app.register(swagger, OPENAPI);
  await app.register(healthRoutes, { ready: () => machines.synced() });
  const { defaultNamespace, maxReaders, heartbeatMs, eventHistoryBytes: historyBytes } = config;
  const common = { prefix: '/api/v1', machines, defaultNamespace };
  await app.register(devMachineRoutes, common);
  await app.register(statusRoutes, { ...common, maxReaders });
  await app.register(listRoutes, common);
  await app.register(eventRoutes, { ...common, maxReaders, heartbeatMs, historyBytes });
  await app.register(templateRoutes, common);
  await app.register(changeRoutes, common);
  return app;
}

/** What is no HTTP at all, or too slow: there is no request yet, so the answer is written by hand. */
function refuseMalformedHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, title] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'Request Timeout']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'Request Header Fields Too Large']
        : [400, 'Bad Request'];
  const body = JSON.stringify({
    type: 'urn:devmachine:problem:malformed-http',
    title,
    status,
    detail: `${title}.`,
  });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
