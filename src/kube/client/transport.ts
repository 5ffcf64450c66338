import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { KubeConfig } from '@kubernetes/client-node';
import { DevMachineError } from '../../devmachine/errors.ts';
import { type AuthenticatedDispatchers, openDispatchers } from './dispatchers.ts';
import { clusterAddress } from './kubeconfig.ts';
import { clusterTimeout } from './timeout.ts';

export interface KubeRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** From the root of the API server, such as /apis/…; its parts are already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Media type of the answer; without one, plain JSON. */
  readonly accept?: string;
  /** Compressing costs the API server more time than a network within a cluster takes to carry what is saved. */
  readonly uncompressed?: boolean;
  /** Whether sending it twice does no more than sending it once; without a word, of a GET alone. See retry.ts. */
  readonly repeatable?: boolean;
  readonly signal: AbortSignal;
}

export interface KubeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; the text itself where it is none. */
  readonly body: unknown;
  /** The body as it came. */
  readonly text?: string;
}

export interface KubeStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/**
 * Long-lived connections to one API server. Replies of every status are returned; what is thrown is a DevMachineError
 * (cluster-unavailable, cluster-timeout), or the reason of the caller's own signal.
 */
export interface Connection {
  request(request: KubeRequest): Promise<KubeResponse>;
  /** A reply whose body is read as it comes, on a connection of its own. */
  stream(request: KubeRequest): Promise<KubeStream>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** How long the cluster may take to answer a request. */
  readonly timeoutMs: number;
}

const unzip = promisify(gunzip);

export function openConnection(loadConfig: () => KubeConfig, { timeoutMs }: ConnectionOptions): Connection {
  const config = loadConfig();
  const address = clusterAddress(config);
  const channels = openDispatchers(config, loadConfig, address);

  async function send(
    kind: 'requests' | 'watches',
    request: KubeRequest,
    signal: AbortSignal,
  ): Promise<KubeStream> {
    const channel = await channels.current();
    const reply = await dispatch(channel, kind, request, signal);
    if (reply.status !== 401) return reply;
    // The API server has done nothing yet: a rotated token or certificate is worth a second try.
    const renewed = await channels.renew(channel);
    if (renewed === channel) return reply;
    reply.body.resume();
    return dispatch(renewed, kind, request, signal);
  }

  async function dispatch(
    channel: AuthenticatedDispatchers,
    kind: 'requests' | 'watches',
    request: KubeRequest,
    signal: AbortSignal,
  ) {
    const { method = 'GET', path, query, body, contentType, accept = 'application/json' } = request;
    const reply = await channel[kind].request({
      origin: address.origin,
      path: `${address.prefix}${path}${query ? `?${new URLSearchParams(query)}` : ''}`,
      method,
      signal,
      headers: {
        ...channel.headers,
        accept,
        'accept-encoding': kind === 'watches' || request.uncompressed ? 'identity' : 'gzip',
        'user-agent': 'devmachine-api',
        ...(contentType ? { 'content-type': contentType } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.statusCode, headers: reply.headers, body: reply.body };
  }

  async function request(options: KubeRequest): Promise<KubeResponse> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([options.signal, timeout]);
    try {
      const { status, headers, body } = await unlessAborted(send('requests', options, signal), signal);
      const bytes = Buffer.concat(await body.toArray());
      const text = (headers['content-encoding'] === 'gzip' ? await unzip(bytes) : bytes).toString('utf8');
      return new Reply(status, headers, text);
    } catch (error) {
      throw toDomain(error, options.signal, timeout);
    }
  }

  async function stream(options: KubeRequest): Promise<KubeStream> {
    // Only the answer's head is timed: the body of a watch is open for minutes.
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const signal = AbortSignal.any([options.signal, timeout.signal]);
    try {
      return await unlessAborted(send('watches', options, signal), signal);
    } catch (error) {
      throw toDomain(error, options.signal, timeout.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  return { request, stream, close: () => channels.close() };
}

/**
 * undici does not look at the signal of a request that waits behind others, nor does a plugin that fetches credentials: the
 * caller is answered all the same. A reply that still comes is read to its end, for the connection's sake.
 */
async function unlessAborted(reply: Promise<KubeStream>, signal: AbortSignal): Promise<KubeStream> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([reply, aborted.promise]);
  } catch (error) {
    reply.then(
      ({ body }) => body.resume().on('error', () => undefined),
      () => undefined,
    );
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

class Reply implements KubeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  #body: unknown;

  constructor(status: number, headers: IncomingHttpHeaders, text: string) {
    this.status = status;
    this.headers = headers;
    this.text = text;
  }

  /** Parsed when it is asked for: a page of a list takes its time, in which the next one can be on its way. */
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

function toDomain(error: unknown, caller: AbortSignal, timeout: AbortSignal): unknown {
  if (caller.aborted) return caller.reason;
  if (timeout.aborted) return clusterTimeout(error);
  return new DevMachineError(
    'cluster-unavailable',
    'The cluster cannot be reached. A request that was under way may have taken effect; repeating it is safe.',
    { cause: error, retryAfterSeconds: 5 },
  );
}
