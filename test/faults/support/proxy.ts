import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request as forwardRequest } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { createLeaf } from '../../../dev/certs.ts';
import type { ClientTls } from '../../../dev/kube-client.ts';
import type { Pki } from '../../../dev/pki.ts';
import { freePort } from '../../../dev/ports.ts';
import { Exchange, matches, type ProxiedRequest, type RequestFilter } from './exchange.ts';
import type { Fault } from './faults.ts';

export interface FaultProxy {
  readonly url: string;
  /** The CA certificate of the proxy, as PEM. */
  readonly ca: string;
  /** Applies `fault` to matching requests that start from now on, at most `times` times. */
  inject(fault: Fault, filter?: RequestFilter, times?: number): Injected;
  /** The requests in flight. */
  exchanges(filter?: RequestFilter): readonly Exchange[];
  /** Closes the connections of the requests in flight. */
  cut(filter?: RequestFilter): void;
  /** All requests since the start. */
  requests(filter?: RequestFilter): readonly RecordedRequest[];
  /** Resets all connections and refuses new ones, like a server that is down. */
  refuse(): void;
  /** Removes all faults and accepts connections again. Held responses stay held. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export interface RecordedRequest extends ProxiedRequest {
  /** Time of arrival, as of performance.now(). */
  readonly at: number;
}

export interface Injected {
  /** How many requests the fault was applied to. */
  hits(): number;
  remove(): void;
}

interface Rule {
  readonly fault: Fault;
  readonly filter: RequestFilter;
  readonly times: number;
  hits: number;
}

interface Upstream {
  readonly server: string;
  readonly tls: ClientTls;
  readonly pki: Pki;
}

/**
 * Starts a proxy between a client and the API server. It terminates TLS, so it cannot forward a client certificate: it
 * forwards a request with a token with that token, and any other request as the administrator.
 */
export async function startFaultProxy({ server, tls, pki }: Upstream): Promise<FaultProxy> {
  const asAdmin = new Agent({ keepAlive: true, ...tls });
  const asBearer = new Agent({ keepAlive: true, ca: tls.ca });
  const leaf = await createLeaf(pki.cluster, { commonName: 'fault-proxy', hosts: ['127.0.0.1'] });
  const secureContext = createSecureContext(leaf);
  /** Each connection with its TLS socket. */
  const sockets = new Map<Socket, TLSSocket>();
  const rawOf = new WeakMap<object, Socket>();
  const exchanges = new Set<Exchange>();
  const recorded: RecordedRequest[] = [];
  let rules: Rule[] = [];

  const http = createHttpServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    const exchange = new Exchange(request, response, rawOf.get(request.socket) ?? request.socket);
    exchanges.add(exchange);
    recorded.push({ kind: exchange.kind, url: exchange.url, at: performance.now() });
    exchange.closed.signal.addEventListener('abort', () => exchanges.delete(exchange), { once: true });
    serve(exchange).catch(() => exchange.cut());
  });
  const listener = createServer((raw) => {
    const secure = new TLSSocket(raw, { isServer: true, secureContext });
    sockets.set(raw, secure);
    raw.on('error', () => undefined);
    secure.on('error', () => undefined).once('close', () => sockets.delete(raw));
    rawOf.set(secure, raw);
    http.emit('connection', secure);
  });

  async function serve(exchange: Exchange): Promise<void> {
    const faults = takeFaults(exchange);
    const responding = faults.find(({ respond }) => respond);
    if (responding) return responding.respond?.(exchange);
    for (const { before } of faults) await before?.();
    const { request, response } = exchange;
    const upstream = await forward(request, exchange.closed.signal);
    const transforms = faults.flatMap(({ transform }) => transform ?? []);
    const bytes = transforms.reduce<AsyncIterable<Buffer>>((body, transform) => transform(body), upstream);
    response.writeHead(upstream.statusCode ?? 502, headersOf(upstream, transforms.length > 0));
    response.flushHeaders();
    for await (const chunk of bytes) await exchange.write(chunk);
    response.end();
  }

  function takeFaults(exchange: Exchange): Fault[] {
    const applied = rules.filter((rule) => rule.hits < rule.times && matches(exchange, rule.filter));
    for (const rule of applied) rule.hits++;
    return applied.map(({ fault }) => fault);
  }

  async function forward(request: IncomingMessage, signal: AbortSignal): Promise<IncomingMessage> {
    const { method, url, headers } = request;
    const agent = headers.authorization ? asBearer : asAdmin;
    const forwarded = forwardRequest(`${server}${url}`, {
      method,
      headers: endToEndHeaders(headers),
      agent,
      signal,
    });
    request.pipe(forwarded);
    const [response] = (await once(forwarded, 'response')) as [IncomingMessage];
    forwarded.on('error', () => undefined);
    return response;
  }

  const listen = async (port: number) => {
    listener.listen({ port, host: '127.0.0.1' });
    await once(listener, 'listening');
  };
  const stopListening = (close: (raw: Socket, secure: TLSSocket) => void) => {
    if (listener.listening) listener.close();
    for (const [raw, secure] of sockets) close(raw, secure);
  };
  const inFlight = (filter: RequestFilter = {}) =>
    [...exchanges].filter((exchange) => matches(exchange, filter));
  const port = await freePort();
  await listen(port);

  return {
    url: `https://127.0.0.1:${port}`,
    ca: pki.cluster.cert,
    inject(fault, filter = {}, times = Number.POSITIVE_INFINITY) {
      const rule: Rule = { fault, filter, times, hits: 0 };
      rules.push(rule);
      const remove = () => {
        rules = rules.filter((other) => other !== rule);
      };
      return { hits: () => rule.hits, remove };
    },
    exchanges: inFlight,
    cut(filter) {
      for (const exchange of inFlight(filter)) exchange.cut();
    },
    requests: (filter = {}) => recorded.filter((request) => matches(request, filter)),
    refuse: () => stopListening((raw) => raw.resetAndDestroy()),
    async heal() {
      rules = [];
      if (!listener.listening) await listen(port);
    },
    async close() {
      stopListening((_, secure) => secure.destroy());
      asAdmin.destroy();
      asBearer.destroy();
    },
  };
}

function endToEndHeaders({ host, connection, ...rest }: IncomingMessage['headers']) {
  return rest;
}

/** Node frames the response itself. The length is valid only for an unchanged body. */
function headersOf(
  { headers }: IncomingMessage,
  changed: boolean,
): Parameters<ServerResponse['writeHead']>[1] {
  const { connection, 'transfer-encoding': _, 'content-length': length, ...rest } = headers;
  return length === undefined || changed ? rest : { ...rest, 'content-length': length };
}
