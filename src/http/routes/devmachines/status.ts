import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { Machines } from '../../../devmachine/machines.ts';
import type { MachineKey } from '../../../devmachine/schema/manifest.ts';
import { stringEnum } from '../../../devmachine/schema/typebox.ts';
import { PHASES } from '../../../devmachine/status/phases.ts';
import { MachineStatus } from '../../../devmachine/status/status.ts';
import type { StatusDocument } from '../../../devmachine/status/status-document.ts';
import { STATUS_EXAMPLE } from '../../openapi/examples.ts';
import type { RouteAccess } from '../../plugins/route-access.ts';
import { clientAbort, clientAbortSignal } from '../../responses/abort.ts';
import { watchAccess } from '../../responses/access.ts';
import { sendCached } from '../../responses/document.ts';
import { DOCUMENT_HEADERS, jsonResponse, NOT_MODIFIED, problems } from '../../responses/schemas.ts';
import { invalid } from '../../responses/validation.ts';
import { LongPolls } from './long-poll.ts';
import type { MachineRouteOptions } from './options.ts';
import { integer, parseInteger, TARGET } from './query.ts';

const PATH = '/status';

/** The URL of a machine's status. `app` is a plugin instance with the prefix of these routes. */
export const statusUrl = ({ prefix }: FastifyInstance, { name, namespace }: MachineKey): string =>
  `${prefix}${PATH}?${new URLSearchParams({ name, namespace })}`;

/** The default is below the 60 s after which most proxies give up. */
const TIMEOUT_SECONDS = { minimum: 1, maximum: 300, default: 30 };

const StatusQuery = Type.Object(
  {
    ...TARGET,
    waitFor: Type.Optional(
      stringEnum([...PHASES, 'Deleted'], {
        description:
          'Wait until the machine is in this phase or in Failed. `Deleted` waits until it is gone, which is a 404.',
      }),
    ),
    timeoutSeconds: integer(
      TIMEOUT_SECONDS,
      'With `waitFor`: how long to wait. After that, the current status is returned.',
    ),
  },
  { additionalProperties: false },
);

const schema = {
  operationId: 'getDevMachineStatus',
  summary: 'Read the status of a machine, or wait for a phase',
  description: `With \`waitFor\`, the response is sent as soon as the machine is in that phase or in Failed. If the machine is deleted, it is a 404. After \`timeoutSeconds\`, or when the API shuts down, it is the current status: check its \`phase\`.

\`If-None-Match\` is compared with the status that is about to be sent, after the wait. It does not prolong the wait.

While the Kubernetes API server does not respond, the last known status is returned, with its age in the header \`Age\` and, after 10 s, with \`staleSince\`. After MAX_STALENESS_SECONDS it is a 503.`,
  querystring: StatusQuery,
  response: {
    200: jsonResponse(MachineStatus, 'The status.', STATUS_EXAMPLE, DOCUMENT_HEADERS),
    304: NOT_MODIFIED,
    ...problems(400, 404),
  },
};

const ACCESS: RouteAccess = { verb: 'get', resource: 'devmachines', namespace: 'query' };

export interface StatusRouteOptions extends MachineRouteOptions {
  readonly machines: Machines;
  /** How many requests may wait for a phase at the same time. */
  readonly maxWaitingRequests: number;
}

export const statusRoute: FastifyPluginAsyncTypebox<StatusRouteOptions> = async (app, options) => {
  const { machines, resolveNamespace } = options;
  const longPolls = new LongPolls(machines, options.maxWaitingRequests);
  app.addHook('preClose', async () => longPolls.close());

  app.get(PATH, { schema, config: { access: ACCESS } }, (request, reply) => {
    const { name, namespace, waitFor, timeoutSeconds } = request.query;
    const key = { name, namespace: resolveNamespace(namespace) };
    const send = (document: StatusDocument) =>
      sendCached<MachineStatus>(request, reply, document, machines.ageMs(key.namespace));

    if (waitFor !== undefined) {
      const timeoutMs = 1_000 * parseInteger('timeoutSeconds', timeoutSeconds, TIMEOUT_SECONDS);
      const abort = clientAbort(reply);
      watchAccess(request, reply, (why) => abort.abort(why));
      return longPolls.wait({ key, phase: waitFor, timeoutMs, signal: abort.signal }).then(send);
    }
    if (timeoutSeconds !== undefined) {
      throw invalid({ parameter: 'timeoutSeconds', message: 'requires waitFor' });
    }
    // Nearly every request ends here. A promise and an abort signal would cost more than the rest of the handler.
    const cached = machines.known(key);
    return cached ? send(cached) : machines.status(key, clientAbortSignal(reply)).then(send);
  });
};
