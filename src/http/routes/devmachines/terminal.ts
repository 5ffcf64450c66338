import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { auditEndOfStream, auditTerminal } from '../../plugins/audit-log.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { checkWebSocket } from '../../plugins/web-sockets.ts';
import { watchAccess } from '../../responses/access.ts';
import { problemDocument, STATUS } from '../../responses/problems.ts';
import { problems } from '../../responses/schemas.ts';
import { TerminalSession } from '../../terminal/session.ts';
import type { Terminals } from '../../terminal/terminals.ts';
import type { MachineRouteOptions } from './options.ts';
import { CONTAINER, TARGET } from './query.ts';

/** The sub-protocol of the WebSocket. docs/terminal.md describes it. */
const PROTOCOL = 'devmachine.terminal.v1';

const TerminalQuery = Type.Object(
  {
    ...TARGET,
    container: CONTAINER,
    command: Type.Optional(
      Type.Unsafe<string | string[]>({
        type: ['array', 'string'],
        // No NUL: the arguments of a process cannot contain any.
        items: { type: 'string', pattern: '^[^\\u0000]+$', maxLength: 4_096 },
        pattern: '^[^\\u0000]+$',
        maxLength: 4_096,
        minItems: 1,
        maxItems: 64,
        description:
          "The command; its arguments follow as further parameters `command`. No shell interprets it. The request line and all headers have at most 16 KiB. By default, a login shell in the machine's home directory: `$SHELL`, bash or sh.",
      }),
    ),
  },
  { additionalProperties: false },
);

const schema = {
  operationId: 'openDevMachineTerminal',
  summary: 'Open a terminal in a machine',
  description: `A WebSocket with the sub-protocol \`${PROTOCOL}\`. A browser, which cannot set headers, sends its token as a second sub-protocol, \`base64url.bearer.authorization.k8s.io.TOKEN\`, with the token in base64url without padding.

Binary messages are what is typed and what the terminal shows. Text messages are JSON: the client sends \`{"type":"resize","cols":120,"rows":40}\`; the server sends \`{"type":"exit","code":0}\` when the command has ended, and \`{"type":"error","problem":{…}}\` before it closes for another reason. The server pings every 30 seconds, and closes connections that do not respond.

All other responses are sent instead of the WebSocket: it opens when the command runs. When it closes, the command is hung up.`,
  querystring: TerminalQuery,
  response: {
    101: { type: 'null', description: `The WebSocket is open, with the sub-protocol \`${PROTOCOL}\`.` },
    ...problems(400, 404, 409, 422, 426, 431),
  },
};

/** For an exec by WebSocket, older API servers require `get` alone, and newer ones `create`, too. */
const ACCESS: RouteAccess = { verb: 'create', and: 'get', resource: 'pods/exec', namespace: 'query' };

export interface TerminalRouteOptions extends MachineRouteOptions {
  readonly terminals: Terminals;
}

export const terminalRoute: FastifyPluginAsyncTypebox<TerminalRouteOptions> = async (app, options) => {
  const { resolveNamespace, terminals } = options;
  app.addHook('preClose', () => terminals.close());

  app.get(
    '/terminal',
    { schema, config: { access: ACCESS }, exposeHeadRoute: false },
    async (request, reply) => {
      const { query, caller } = request;
      checkWebSocket(request, PROTOCOL);
      const key = { name: query.name, namespace: resolveNamespace(query.namespace) };
      const release = terminals.reserve(caller.name);
      try {
        const terminal = await caller.objects.terminal(key, {
          container: query.container,
          command: [query.command ?? []].flat(),
        });
        const socket = app.acceptWebSocket(request, reply, PROTOCOL);
        if (!socket) {
          await terminal.close();
          return reply;
        }
        auditTerminal(request, terminal.container);
        const session = new TerminalSession(socket, terminal, {
          toProblem: (error) => problemDocument(error, request.id),
        });
        watchAccess(request, reply, (why) => {
          auditEndOfStream(request, STATUS[why.code]);
          session.fail(why);
        });
        terminals.add(session);
        await session.ended;
        terminals.delete(session);
        return reply;
      } finally {
        release();
      }
    },
  );
};
