import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request as askCluster } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { createLeaf } from '../../../dev/certs.ts';
import type { ClientTls } from '../../../dev/kube-client.ts';
import type { Pki } from '../../../dev/pki.ts';
import { freePort } from '../../../dev/ports.ts';
import { type Asked, Exchange, meets, type Where } from './exchange.ts';
import type { Fault } from './faults.ts';

export interface FaultProxy {
  readonly url: string;
  /** What a client needs to trust it. */
  readonly ca: string;
  /** Requests that begin from now on meet `fault`, `times` of them at most. */
  inject(fault: Fault, where?: Where, times?: number): Injected;
  /** Those under way. */
  open(where?: Where): readonly Exchange[];
  /** The requests since the start. */
  asked(where?: Where): readonly Seen[];
  /** Connections of clients. */
  connections(): number;
  /** Ends all connections and takes no more, as a server that is down. */
  refuse(): void;
  /** Takes all faults back, and connections again. What is held stays so: a half-open connection never comes back. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export interface Seen extends Asked {
  /** As performance.now() has it. */
  readonly at: number;
}

export interface Injected {
  /** How many requests have met it. */
  met(): number;
  remove(): void;
}

interface Rule {
  readonly fault: Fault;
  readonly where: Where;
  readonly times: number;
  met: number;
}

interface Upstream {
  readonly server: string;
  readonly tls: ClientTls;
  readonly pki: Pki;
}

/**
 * Between a client and the API server: TLS ends here and begins anew. A request with a token is sent on with that token
 * alone, any other as the administrator: a client's certificate cannot be passed on.
 */
export async function startFaultProxy({ server, tls, pki }: Upstream): Promise<FaultProxy> {
  const asAdmin = new Agent({ keepAlive: true, ...tls });
  const asBearer = new Agent({ keepAlive: true, ca: tls.ca });
  const leaf = await createLeaf(pki.cluster, { commonName: 'fault-proxy', hosts: ['127.0.0.1'] });
  const secureContext = createSecureContext(leaf);
  /** With what TLS has made of each. */
  const sockets = new Map<Socket, TLSSocket>();
  const rawOf = new WeakMap<object, Socket>();
  const exchanges = new Set<Exchange>();
  const asked: Seen[] = [];
  let rules: Rule[] = [];

  const http = createHttpServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    const exchange = new Exchange(request, response, rawOf.get(request.socket) ?? request.socket);
    exchanges.add(exchange);
    asked.push({ kind: exchange.kind, url: exchange.url, at: performance.now() });
    response.once('close', () => exchanges.delete(exchange));
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
    const inPlace = faults.find(({ answer }) => answer);
    if (inPlace) return inPlace.answer?.(exchange);
    for (const { before } of faults) await before?.();
    const { request, response } = exchange;
    const reply = await forward(request, exchange.over.signal);
    const passes = faults.flatMap(({ pass }) => pass ?? []);
    const bytes = passes.reduce<AsyncIterable<Buffer>>((before, pass) => pass(before), reply);
    response.writeHead(reply.statusCode ?? 502, headersOf(reply, passes.length > 0));
    response.flushHeaders();
    for await (const chunk of bytes) await exchange.write(chunk);
    response.end();
  }

  function takeFaults(exchange: Exchange): Fault[] {
    const met = rules.filter((rule) => rule.met < rule.times && meets(exchange, rule.where));
    for (const rule of met) rule.met++;
    return met.map(({ fault }) => fault);
  }

  async function forward(request: IncomingMessage, signal: AbortSignal): Promise<IncomingMessage> {
    const { method, url, headers } = request;
    const agent = headers.authorization ? asBearer : asAdmin;
    const onward = askCluster(`${server}${url}`, { method, headers: withoutHops(headers), agent, signal });
    request.pipe(onward);
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    onward.on('error', () => undefined);
    return reply;
  }

  const listen = async (port: number) => {
    listener.listen({ port, host: '127.0.0.1' });
    await once(listener, 'listening');
  };
  const stopListening = (endConnection: (raw: Socket, secure: TLSSocket) => void) => {
    if (listener.listening) listener.close();
    for (const [raw, secure] of sockets) endConnection(raw, secure);
  };
  const port = await freePort();
  await listen(port);

  return {
    url: `https://127.0.0.1:${port}`,
    ca: pki.cluster.cert,
    inject(fault, where = {}, times = Number.POSITIVE_INFINITY) {
      const rule: Rule = { fault, where, times, met: 0 };
      rules.push(rule);
      const remove = () => {
        rules = rules.filter((other) => other !== rule);
      };
      return { met: () => rule.met, remove };
    },
    open: (where = {}) => [...exchanges].filter((exchange) => meets(exchange, where)),
    asked: (where = {}) => asked.filter((each) => meets(each, where)),
    connections: () => sockets.size,
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

function withoutHops({ host, connection, ...rest }: IncomingMessage['headers']) {
  return rest;
}

/** Node frames the answer anew; a length holds only for bytes that nobody touches. */
function headersOf(
  { headers }: IncomingMessage,
  changed: boolean,
): Parameters<ServerResponse['writeHead']>[1] {
  const { connection, 'transfer-encoding': _, 'content-length': length, ...rest } = headers;
  return length === undefined || changed ? rest : { ...rest, 'content-length': length };
}
