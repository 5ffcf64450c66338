import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { MachineName, Namespace } from '../../../devmachine/schema/manifest.ts';
import { EVENT_STREAM_EXAMPLE } from '../../openapi/examples.ts';
import { auditEndOfStream } from '../../plugins/audit-log.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { watchAccess } from '../../responses/access.ts';
import { STATUS } from '../../responses/problems.ts';
import { problems } from '../../responses/schemas.ts';
import type { EventHub } from '../../sse/hub.ts';

const EventsQuery = Type.Object(
  {
    namespace: Type.Optional({ ...Namespace, description: 'Only machines in this namespace.' }),
    name: Type.Optional({ ...MachineName, description: 'Only machines with this name.' }),
  },
  { additionalProperties: false },
);

/** Other headers are allowed: a browser sends many. */
const EventsHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      description:
        'The id of the last event received from a stream with the same query. The stream resumes after it.',
    }),
  ),
});

const schema = {
  operationId: 'streamDevMachineEvents',
  summary: 'Follow the statuses of machines',
  description: `Server-Sent Events: first the current status documents (\`status\`), then \`synced\`, then every change: \`status\` with the whole document, \`deleted\` with name, namespace and uid. The documents of a machine are sent in order and never go back.

With \`Last-Event-ID\`, which an EventSource sends by itself, the stream resumes after that event, and \`synced\` marks the point where it has caught up. If it cannot resume, because the event is too old or was sent by another replica, it begins with \`reset\`, followed by all documents: they replace everything that the client has.

A comment every 15 seconds (or as configured) shows that an idle stream is alive. While the Kubernetes API server does not respond, \`stale\` is sent instead, with \`staleSince\`: the time until which everything sent on the stream is known to be true. \`fresh\` ends that state. A client that falls behind receives only the newest document of each machine. One that does not read, or falls too far behind, is disconnected and may reconnect.`,
  querystring: EventsQuery,
  headers: EventsHeaders,
  response: {
    200: {
      description: 'The stream. It has no end: either side may close the connection.',
      content: {
        'text/event-stream': {
          schema: Type.String({ description: 'Server-Sent Events.' }),
          examples: { stream: { summary: 'One machine, deleted later', value: EVENT_STREAM_EXAMPLE } },
        },
      },
    },
    ...problems(400, 404),
  },
};

/** X-Accel-Buffering keeps nginx from buffering events. */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

const ACCESS: RouteAccess = { verb: 'watch', resource: 'devmachines', namespace: 'query-or-all' };

export interface EventsRouteOptions {
  readonly hub: EventHub;
  /** The namespace of requests that name none; undefined streams all namespaces. */
  readonly defaultNamespace: string | undefined;
}

export const eventsRoute: FastifyPluginAsyncTypebox<EventsRouteOptions> = async (app, options) => {
  const { hub, defaultNamespace } = options;
  app.addHook('preClose', () => hub.close());

  app.get('/events', { schema, config: { access: ACCESS } }, async (request, reply) => {
    const { namespace = defaultNamespace, name } = request.query;
    const scope = { namespace, name };
    const start = hub.start(scope, request.headers['last-event-id'] || undefined);
    reply.headers(STREAM_HEADERS);
    if (request.method === 'HEAD') return reply.send('');

    reply.hijack();
    // The connection ends with the stream: it must not delay a shutdown.
    reply.raw.shouldKeepAlive = false;
    // And so the stream needs no chunked encoding, which would double the cost of each event.
    reply.raw.useChunkedEncodingByDefault = false;
    reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
    hub.add(reply.raw, scope, start, (why) => request.log.info({ why }, 'event stream dropped'));
    watchAccess(request, reply, ({ code, message }) => {
      request.log.info({ why: message }, 'event stream ended');
      auditEndOfStream(request, STATUS[code]);
      reply.raw.end();
    });
    return reply;
  });
};
