import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { MachineName, Namespace } from '../../../devmachine/schema/manifest.ts';
import { EVENT_STREAM_EXAMPLE } from '../../openapi/examples.ts';
import { problems } from '../../responses/problems.ts';
import type { EventHub } from '../../sse/hub.ts';

export interface EventRoutes {
  readonly hub: EventHub;
  /** The namespace of requests that name none; undefined: all that are served. */
  readonly defaultNamespace: string | undefined;
}

const EventQuery = Type.Object(
  {
    namespace: Type.Optional({ ...Namespace, description: 'Only machines of this namespace.' }),
    name: Type.Optional({ ...MachineName, description: 'Only machines of this name.' }),
  },
  { additionalProperties: false },
);

/** No `properties` but this one, and others allowed: a browser sends many headers. */
const EventHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      description:
        'The id of the last event that came, from a stream with the same query: the stream goes on after it.',
    }),
  ),
});

const DESCRIPTION = `Server-Sent Events: first the status documents as they are (\`status\`), then \`synced\`, then every change: \`status\` with the whole document, \`deleted\` with name, namespace and uid. The documents of a machine come in order and never go back.

With \`Last-Event-ID\`, which an EventSource sends by itself, the stream goes on after that event, and \`synced\` says that it has caught up. Where it cannot (the event is too old, or was sent by another replica), it begins with \`reset\`, and all documents follow: they replace what the reader knows.

A comment every 15 seconds (or as configured) says that a quiet stream is alive. While the cluster does not answer, \`stale\` comes in its place, with \`staleSince\`: until when what the stream has told is known to be true; \`fresh\` ends that. A reader that falls behind gets the newest document of each machine only; one that takes nothing in, or falls behind too far, is cut off, and may come back.`;

/** What every stream says of itself; X-Accel-Buffering keeps nginx from holding events back. */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

export const eventRoutes: FastifyPluginAsyncTypebox<EventRoutes> = async (app, options) => {
  const { hub } = options;
  app.addHook('preClose', () => hub.close());

  app.get(
    '/devmachines/events',
    {
      schema: {
        operationId: 'streamDevMachineEvents',
        summary: 'Follow the statuses of machines',
        description: DESCRIPTION,
        querystring: EventQuery,
        headers: EventHeaders,
        response: {
          200: {
            description: 'The stream. It ends only when either side goes away.',
            content: {
              'text/event-stream': {
                schema: Type.String({ description: 'Server-Sent Events.' }),
                examples: { stream: { summary: 'One machine, deleted later', value: EVENT_STREAM_EXAMPLE } },
              },
            },
          },
          ...problems(400, 404, 503),
        },
      },
    },
    async (request, reply) => {
      const { namespace = options.defaultNamespace, name } = request.query;
      const scope = { namespace, name };
      const beginning = hub.begin(scope, request.headers['last-event-id'] || undefined);
      reply.headers(STREAM_HEADERS);
      if (request.method === 'HEAD') return reply.send('');
      reply.hijack();
      // When the stream ends, so does the connection: it must not keep a stopping process waiting.
      reply.raw.shouldKeepAlive = false;
      // And so what is sent needs no frames, which would take as long again for each event and reader.
      reply.raw.useChunkedEncodingByDefault = false;
      reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
      hub.add(reply.raw, scope, beginning, (why) => request.log.info({ why }, 'event stream dropped'));
      return reply;
    },
  );
};
