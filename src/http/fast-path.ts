import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import type { Machines } from '../devmachine/machines.ts';
import type { MachineKey } from '../devmachine/schema/manifest.ts';
import type { StatusDocument } from '../devmachine/status/status-document.ts';
import { type AllowedHosts, isAllowed } from './plugins/allowed-hosts.ts';
import type { OnEnd } from './plugins/request-lifecycle.ts';
import { ageInSeconds, JSON_TYPE, REVALIDATE, withStaleness } from './responses/document.ts';
import { matchesETag } from './responses/etag.ts';
import { COMMON_HEADERS } from './responses/headers.ts';

export interface FastPathOptions {
  readonly machines: Machines;
  readonly allowedHosts: AllowedHosts;
  readonly logger: FastifyBaseLogger;
  readonly newId: () => string;
  readonly onEnd: OnEnd;
  /** Whether connections are to be closed with their answers. */
  readonly isClosing: () => boolean;
}

/** Whether it has answered; else it has left both alone. */
export type FastPath = (request: IncomingMessage, response: ServerResponse) => boolean;

const ROUTE = '/api/v1/devmachines/status';
/** As nearly every client writes it. What the cache knows by such a name has a good one: the CRD has seen to it. */
const PLAIN = new RegExp(
  `^${ROUTE}\\?(?:namespace=([-a-z0-9]+)&name=([-a-z0-9]+)|name=([-a-z0-9]+)&namespace=([-a-z0-9]+))$`,
);
const HEAD = Object.entries(COMMON_HEADERS).flat();

/**
 * Answers the status of a known machine, asked for in the plain way: nearly all that is ever asked, for half of what it
 * costs to take it through Fastify. All else is for the route in status.ts, which gives the same answer
 * (docs/decisions/fast-path.md).
 */
export function openFastPath({
  machines,
  allowedHosts,
  logger,
  newId,
  ...options
}: FastPathOptions): FastPath {
  const { onEnd, isClosing } = options;

  return (request, response) => {
    const { method, url = '', headers } = request;
    if (method !== 'GET' || isClosing() || !isAllowed(allowedHosts, hostname(headers.host))) return false;
    const key = keyOf(url);
    const document = key && find(machines, key);
    if (!document) return false;

    const began = performance.now();
    const id = newId();
    const ageMs = machines.ageMs(key.namespace);
    const { version, json } = withStaleness(document, ageMs);
    const etag = `"${version}"`;
    const head = [
      ...HEAD,
      'x-request-id',
      id,
      'etag',
      etag,
      'cache-control',
      REVALIDATE,
      'age',
      ageInSeconds(ageMs),
    ];
    if (matchesETag(headers['if-none-match'], etag)) {
      response.writeHead(304, head).end();
    } else {
      head.push('content-type', JSON_TYPE, 'content-length', String(Buffer.byteLength(json)));
      response.writeHead(200, head).end(json);
    }
    const log = () => logger.child({ reqId: id });
    const end = () => {
      const { statusCode } = response;
      onEnd({ raw: request, route: ROUTE, statusCode, ms: performance.now() - began, log });
    };
    // Nearly always the kernel has taken all of it by now.
    if (response.socket?.writableLength === 0) end();
    else response.on('close', end);
    return true;
  };
}

function keyOf(url: string): MachineKey | undefined {
  const found = PLAIN.exec(url);
  if (!found) return undefined;
  const [, namespace = found[4] ?? '', name = found[3] ?? ''] = found;
  return { namespace, name };
}

/** What cannot be answered now is explained by the route. */
function find(machines: Machines, key: MachineKey): StatusDocument | undefined {
  try {
    return machines.known(key);
  } catch {
    return undefined;
  }
}

/** Of a Host header that has no brackets. */
function hostname(host = ''): string {
  const colon = host.indexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}
