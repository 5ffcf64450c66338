import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { KubeConfig } from '@kubernetes/client-node';
import { DevMachineError } from '../../devmachine/errors.ts';
import { type AuthenticatedDispatchers, openDispatchers } from './dispatchers.ts';
import { clusterAddress } from './kubeconfig.ts';
import { openWebSocket, type UpgradeClient } from './upgrade.ts';

export interface KubeRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** From the root of the API server, such as /apis/…; its segments are already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Media type of the response; defaults to plain JSON. */
  readonly accept?: string;
  /** Ask for no compression: it costs the API server more time than the cluster's network needs for the bytes saved. */
  readonly uncompressed?: boolean;
  /** Safe to retry. Defaults to true for GET only. */
  readonly retryable?: boolean;
  /** The Authorization header, in place of the transport's own credentials. A 401 does not renew these. */
  readonly authorization?: string;
  /** Deadline in ms, in place of the client's; ignored within a call, whose requests share one. */
  readonly timeoutMs?: number;
  /** Aborts the request, and the body of a stream. */
  readonly signal: AbortSignal;
}

export interface KubeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; the text itself if it is not JSON. */
  readonly body: unknown;
  /** The unparsed body. */
  readonly text?: string;
}

export interface KubeStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** Sends requests. Throws cluster-unavailable, cluster-timeout, or the reason with which the request's signal was aborted. */
export interface RequestClient {
  /** Resolves with the response, whatever its status. */
  request(request: KubeRequest): Promise<KubeResponse>;
}

export interface KubeClient extends RequestClient {
  /** Resolves when the response headers have arrived. Each stream has a connection of its own. */
  stream(request: KubeRequest): Promise<KubeStream>;
}

/** Long-lived connections to one API server. Sets no deadlines: see client.ts. */
export interface Transport extends KubeClient, UpgradeClient {
  close(): Promise<void>;
}

type Pool = 'requests' | 'watches';

const unzip = promisify(gunzip);
const USER_AGENT = { 'user-agent': 'devmachine-api' };

/** `loadConfig` is called again when the API server refuses the credentials. */
export function openTransport(loadConfig: () => KubeConfig): Transport {
  const config = loadConfig();
  const address = clusterAddress(config);
  const pools = openDispatchers(config, loadConfig, address);

  async function send(pool: Pool, request: KubeRequest): Promise<KubeStream> {
    const current = await pools.current();
    const response = await dispatch(current, pool, request);
    if (response.status !== 401 || request.authorization !== undefined) return response;
    // The API server did nothing yet. Try once more if the token or certificate was rotated.
    const renewed = await pools.renew(current);
    if (renewed === current) return response;
    response.body.resume();
    return dispatch(renewed, pool, request);
  }

  async function dispatch(
    dispatchers: AuthenticatedDispatchers,
    pool: Pool,
    request: KubeRequest,
  ): Promise<KubeStream> {
    const { method = 'GET', path, query, body, contentType, accept = 'application/json', signal } = request;
    const { authorization } = request;
    const response = await dispatchers[pool].request({
      origin: address.origin,
      path: `${address.prefix}${path}${query ? `?${new URLSearchParams(query)}` : ''}`,
      method,
      signal,
      headers: {
        ...dispatchers.headers,
        ...(authorization === undefined ? {} : { authorization }),
        accept,
        'accept-encoding': pool === 'watches' || request.uncompressed ? 'identity' : 'gzip',
        ...USER_AGENT,
        ...(contentType ? { 'content-type': contentType } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.statusCode, headers: response.headers, body: response.body };
  }

  return {
    async request(request) {
      try {
        const { status, headers, body } = await unlessAborted(send('requests', request), request.signal);
        const bytes = Buffer.concat(await body.toArray());
        const text = (headers['content-encoding'] === 'gzip' ? await unzip(bytes) : bytes).toString('utf8');
        return new JsonResponse(status, headers, text);
      } catch (error) {
        throw toDomainError(error, request.signal);
      }
    },
    async stream(request) {
      try {
        return await unlessAborted(send('watches', request), request.signal);
      } catch (error) {
        throw toDomainError(error, request.signal);
      }
    },
    async upgrade(request) {
      const { path, query, authorization } = request;
      try {
        const { headers, sockets } = await pools.current();
        return await openWebSocket(new URL(`${address.origin}${address.prefix}${path}?${query}`), request, {
          headers: { ...headers, ...(authorization !== undefined && { authorization }), ...USER_AGENT },
          agent: sockets,
        });
      } catch (error) {
        throw toDomainError(error, request.signal);
      }
    },
    close: () => pools.close(),
  };
}

/**
 * Rejects as soon as `signal` is aborted. undici ignores the signal of a request that is still queued, and so does a
 * credential plugin. A response that arrives later is drained, so that its connection can be reused.
 */
async function unlessAborted(response: Promise<KubeStream>, signal: AbortSignal): Promise<KubeStream> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([response, aborted.promise]);
  } catch (error) {
    response.then(
      ({ body }) => body.resume().on('error', () => undefined),
      () => undefined,
    );
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

class JsonResponse implements KubeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  #body: unknown;

  constructor(status: number, headers: IncomingHttpHeaders, text: string) {
    this.status = status;
    this.headers = headers;
    this.text = text;
  }

  /** Parsed on first use: a pager requests the next page before it parses this one. */
  get body(): unknown {
    this.#body ??= parse(this.text);
    return this.#body;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const toDomainError = (error: unknown, signal: AbortSignal): unknown =>
  signal.aborted
    ? signal.reason
    : new DevMachineError(
        'cluster-unavailable',
        'The cluster cannot be reached. A request that was already sent may have taken effect; repeating it is safe.',
        { cause: error, retryAfterSeconds: 5 },
      );
