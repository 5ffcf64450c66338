import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { Machines } from '../../../devmachine/machines.ts';
import { stringEnum } from '../../../devmachine/schema/typebox.ts';
import { PHASES } from '../../../devmachine/status/phases.ts';
import { MachineStatus } from '../../../devmachine/status/status.ts';
import type { StatusDocument } from '../../../devmachine/status/status-document.ts';
import { STATUS_EXAMPLE } from '../../openapi/examples.ts';
import { clientAbortSignal } from '../../responses/abort.ts';
import { DOCUMENT_HEADERS, jsonResponse, parseInteger, sendDocument } from '../../responses/document.ts';
import { NOT_MODIFIED, problems } from '../../responses/problems.ts';
import { invalid } from '../../responses/validation.ts';
import { LongPolls } from './long-poll.ts';
import { namespaceRule, TARGET } from './query.ts';

export interface StatusRoutes {
  readonly machines: Machines;
  /** The namespace of requests that name none; undefined: they must. */
  readonly defaultNamespace: string | undefined;
  /** How many calls may wait at once. */
  readonly maxReaders: number;
}

export const STATUS_PATH = '/devmachines/status';

/** The default stays below the minute after which most proxies lose patience. */
const TIMEOUT_SECONDS = { minimum: 1, maximum: 300, default: 30 };

const StatusQuery = Type.Object(
  {
    ...TARGET,
    waitFor: Type.Optional(
      stringEnum([...PHASES, 'Deleted'], {
        description:
          'Answers when the machine is in this phase, or Failed; `Deleted`: when it is gone, which is a 404.',
      }),
    ),
    timeoutSeconds: Type.Optional(
      Type.Unsafe<string>({
        type: ['integer', 'string'],
        ...TIMEOUT_SECONDS,
        description: 'With `waitFor`: after how long the status is answered as it is.',
      }),
    ),
  },
  { additionalProperties: false },
);

const DESCRIPTION = `With \`waitFor\`, the answer waits: it comes at once when the machine is in that phase or has Failed, and as a 404 when the machine is deleted. After \`timeoutSeconds\`, or when the API itself is stopped, it is the status as it is then: look at its \`phase\`.

\`If-None-Match\` is compared with the status that is answered, after the waiting; it does not prolong it.

While the cluster does not answer, the status is answered as it was last known, with its age in the header \`Age\` and, after 10 s, with \`staleSince\`; after MAX_STALENESS_SECONDS it is a 503.`;

export const statusRoutes: FastifyPluginAsyncTypebox<StatusRoutes> = async (app, options) => {
  const { machines } = options;
  const namespaceOf = namespaceRule(options.defaultNamespace);
  const waiting = new LongPolls(machines, options.maxReaders);
  app.addHook('preClose', async () => waiting.close());

  app.get(
    STATUS_PATH,
    {
      schema: {
        operationId: 'getDevMachineStatus',
        summary: 'Read the status of a machine, or wait for it',
        description: DESCRIPTION,
        querystring: StatusQuery,
        response: {
          200: jsonResponse(MachineStatus, 'The status.', STATUS_EXAMPLE, DOCUMENT_HEADERS),
          304: NOT_MODIFIED,
          ...problems(400, 403, 404, 429, 503, 504),
        },
      },
    },
    (request, reply) => {
      const { query } = request;
      const key = { name: query.name, namespace: namespaceOf(query.namespace) };
      const { waitFor: phase, timeoutSeconds } = query;
      if (timeoutSeconds !== undefined && phase === undefined) {
        throw invalid({ parameter: 'timeoutSeconds', message: 'needs waitFor' });
      }
      const send = (document: StatusDocument) =>
        sendDocument<MachineStatus>(request, reply, document, machines.ageMs(key.namespace));
      // Nearly every call ends here, in the same turn: a promise and a signal would cost more than the rest.
      const known = phase === undefined ? machines.known(key) : undefined;
      if (known) return send(known);
      if (phase === undefined) return machines.status(key, clientAbortSignal(reply)).then(send);
      const timeoutMs = 1_000 * parseInteger('timeoutSeconds', timeoutSeconds, TIMEOUT_SECONDS);
      return waiting.for({ key, phase, timeoutMs, signal: clientAbortSignal(reply) }).then(send);
    },
  );
};
