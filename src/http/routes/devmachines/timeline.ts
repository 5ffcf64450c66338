import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { TIMELINE_EXAMPLE } from '../../openapi/object-examples.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { jsonResponse, problems } from '../../responses/schemas.ts';
import type { MachineRouteOptions } from './options.ts';
import { TARGET } from './query.ts';

const TimelineItem = Type.Object(
  {
    time: Type.String({ description: 'When it happened first (RFC 3339).' }),
    lastTime: Type.String({ description: 'When it happened last (RFC 3339).' }),
    count: Type.Integer({ description: 'How often it happened.' }),
    type: Type.String({ description: 'Normal or Warning.' }),
    reason: Type.String({ description: 'Machine-readable reason, such as Scheduled or SpecChanged.' }),
    message: Type.String({ description: 'What happened, for people.' }),
    object: Type.Object(
      {
        kind: Type.String({ description: 'Kind of the object, such as Pod.' }),
        name: Type.String({ description: 'Name of the object.' }),
      },
      { description: 'The object that it happened to. It may be gone.' },
    ),
  },
  { description: 'Something that happened to a machine.' },
);

const Timeline = Type.Object(
  {
    items: Type.Array(TimelineItem, { description: 'What happened, the oldest first: the newest 500.' }),
    incomplete: Type.Boolean({
      description:
        'Whether items are missing: there are more than 500, or more than 20,000 events in the namespace.',
    }),
  },
  { description: 'What happened to a machine.' },
);

const schema = {
  operationId: 'getDevMachineTimeline',
  summary: 'Read what happened to a machine in the last hour',
  description: `The events of the machine, its pods (former ones too), ReplicaSets, Deployment, Service, disk, Ingress and certificate, read with the token of the caller, who also needs the right to get machines. Equal events are one item.

**Clusters keep events for about one hour** (\`--event-ttl\` of the API server), so older ones are missing. What is kept longer is one item with the reason \`SpecChanged\` per field manager: when it last changed its fields, the spec among them.

Events name their objects, and a machine that was created again has the names of the earlier one: its events are included.`,
  querystring: Type.Object(TARGET, { additionalProperties: false }),
  response: {
    200: jsonResponse(Timeline, 'What happened.', TIMELINE_EXAMPLE),
    ...problems(400, 404),
  },
};

const ACCESS: RouteAccess = { verb: 'list', resource: 'events', namespace: 'query' };

export const timelineRoute: FastifyPluginAsyncTypebox<MachineRouteOptions> = async (app, options) => {
  const { resolveNamespace } = options;

  app.get('/timeline', { schema, config: { access: ACCESS } }, async ({ caller, query }, reply) => {
    const key = { name: query.name, namespace: resolveNamespace(query.namespace) };
    const { items, incomplete } = await caller.objects.timeline(key, clientAbortSignal(reply));
    return { items: [...items], incomplete };
  });
};
