import { pipeline } from 'node:stream/promises';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import { DevMachineError } from '../../../devmachine/errors.ts';
import { LOG_EXAMPLE } from '../../openapi/object-examples.ts';
import { auditEndOfStream } from '../../plugins/audit-log.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { checkConnected, clientAbort } from '../../responses/abort.ts';
import { watchAccess } from '../../responses/access.ts';
import { STATUS } from '../../responses/problems.ts';
import { problems } from '../../responses/schemas.ts';
import { invalid } from '../../responses/validation.ts';
import type { MachineRouteOptions } from './options.ts';
import { CONTAINER, flag, integer, parseInteger, TARGET } from './query.ts';

const TAIL_LINES = { minimum: 0, maximum: 100_000_000, default: undefined };
const SINCE_SECONDS = { minimum: 1, maximum: 100_000_000, default: undefined };

const LogsQuery = Type.Object(
  {
    ...TARGET,
    container: CONTAINER,
    tailLines: integer(
      TAIL_LINES,
      'Only this many lines, at the end. By default, all that the node has kept.',
    ),
    sinceSeconds: integer(SINCE_SECONDS, 'Only lines that are not older than this.'),
    previous: flag('true: the log of the container before its last restart.'),
    follow: flag('true: go on with what the container writes from now on.'),
  },
  { additionalProperties: false },
);

const schema = {
  operationId: 'getDevMachineLogs',
  summary: 'Read or follow the log of a machine',
  description: `What a container of the machine's pod has written, from the kubelet, as \`text/plain\`. The node keeps the log of the present container and of the one before, and of each only the last files (usually 10 MiB).

With \`follow\`, the response goes on with what the container writes. It survives a restart of the container, with the line \`--- container restarted: REASON, exit CODE ---\`, and a new pod of the machine, with the line \`--- pod replaced: NAME by NAME ---\`: no line is lost or repeated. It ends when the machine is stopped or deleted, and when the caller may no longer read it; the last line says why (\`--- machine stopped ---\`, \`--- machine deleted ---\`, \`--- log ended: … ---\`). A container that has not started yet is waited for.

A machine without a pod is a 409. If the kubelet of its node does not respond, or there is none, as on simulated nodes, it is a 503 \`kubelet-unreachable\`.`,
  querystring: LogsQuery,
  response: {
    200: {
      description: 'The log.',
      content: {
        'text/plain': {
          schema: Type.String({ description: 'The lines of the container.' }),
          examples: { log: { summary: 'A log that was followed', value: LOG_EXAMPLE } },
        },
      },
    },
    ...problems(400, 404, 409),
  },
};

const ACCESS: RouteAccess = { verb: 'get', resource: 'pods/log', namespace: 'query' };

/** X-Accel-Buffering keeps nginx from buffering lines. */
const LOG_HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'x-accel-buffering': 'no' };

export interface LogsRouteOptions extends MachineRouteOptions {
  /** How many logs may be followed at the same time. */
  readonly maxFollowers: number;
}

export const logsRoute: FastifyPluginAsyncTypebox<LogsRouteOptions> = async (app, options) => {
  const { resolveNamespace, maxFollowers } = options;
  const followers = new Set<AbortController>();
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    for (const follower of followers) follower.abort(shuttingDown());
  });

  app.get('/logs', { schema, config: { access: ACCESS }, exposeHeadRoute: false }, async (request, reply) => {
    const { query, caller } = request;
    const [follow, previous] = [query.follow === 'true', query.previous === 'true'];
    if (follow && previous) throw invalid({ parameter: 'previous', message: 'cannot be followed' });
    const abort = clientAbort(reply);
    if (follow) {
      if (closing || followers.size >= maxFollowers) throw tooManyFollowers();
      followers.add(abort);
      reply.raw.once('close', () => followers.delete(abort));
    }
    const key = { name: query.name, namespace: resolveNamespace(query.namespace) };
    const log = await caller.objects.logs(key, {
      container: query.container,
      tailLines: parseInteger('tailLines', query.tailLines, TAIL_LINES),
      sinceSeconds: parseInteger('sinceSeconds', query.sinceSeconds, SINCE_SECONDS),
      previous,
      follow,
      signal: abort.signal,
    });
    checkConnected(reply);
    watchAccess(request, reply, (why) => {
      auditEndOfStream(request, STATUS[why.code]);
      abort.abort(why);
    });
    await send(reply.headers(LOG_HEADERS), log, follow).catch((error) => {
      request.log.info({ err: error }, 'log interrupted');
    });
    return reply;
  });
};

/** The head is sent before the first line is there. */
async function send(reply: FastifyReply, log: AsyncIterable<Uint8Array>, follow: boolean): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  if (follow) {
    // The connection ends with the log: it must not delay a shutdown.
    raw.shouldKeepAlive = false;
    raw.socket?.setKeepAlive(true, KEEP_ALIVE_MS);
    // A quiet log is not a client that does not read.
    raw.on('timeout', () => raw.writableNeedDrain && raw.destroy());
  }
  raw.writeHead(200, reply.getHeaders() as Record<string, string>);
  raw.flushHeaders();
  await pipeline(log, raw);
}

/** How long a quiet connection may be dead before that is noticed. */
const KEEP_ALIVE_MS = 60_000;

const tooManyFollowers = (): DevMachineError =>
  new DevMachineError('too-many-readers', 'Too many logs are followed. Retry later.', {
    retryAfterSeconds: 10,
  });

const shuttingDown = (): DevMachineError =>
  new DevMachineError('cluster-unavailable', 'The API is shutting down.');
