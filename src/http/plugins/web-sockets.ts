import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type WebSocket, WebSocketServer } from 'ws';
import { DevMachineError } from '../../devmachine/errors.ts';
import { HttpError } from '../responses/http-error.ts';

/** A connection whose client wants a WebSocket instead of a response. */
export interface UpgradeRequest {
  readonly socket: Socket;
  /** What the client has sent already. */
  readonly head: Buffer;
  /** The sub-protocols that it offers, without the one that carries a token. */
  readonly protocols: readonly string[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** undefined: the client wants a response. */
    readonly upgrade: UpgradeRequest | undefined;
  }
  interface FastifyInstance {
    /**
     * Answers the request, which `checkWebSocket` has accepted; then the connection belongs to the WebSocket. undefined if the
     * client has gone.
     */
    acceptWebSocket(request: FastifyRequest, reply: FastifyReply, protocol: string): WebSocket | undefined;
  }
}

/** As for a WebSocket of the API server: the rest is the token in base64url, without padding. */
const TOKEN_PROTOCOL = 'base64url.bearer.authorization.k8s.io.';
/** Larger messages of clients close the connection. */
const MAX_MESSAGE_BYTES = 1_048_576;

/** For `http.createServer`: other upgrades, such as to HTTP/2, are ignored, and the request gets its response. */
export const isWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/**
 * A request for a WebSocket passes the hooks like any other, and is answered with a response if one of them, or the route,
 * refuses it. @fastify/websocket opens the WebSocket before the handler runs, so a handler could no longer refuse it with a
 * problem document.
 */
export const webSockets = fp(
  async (app) => {
    const upgrades = new WeakMap<IncomingMessage, UpgradeRequest>();
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handleProtocols: ([protocol = '']) => protocol,
    });
    app.decorateRequest('upgrade', {
      getter(): UpgradeRequest | undefined {
        return upgrades.get(this.raw);
      },
    });
    app.decorate('acceptWebSocket', ({ raw, upgrade }, reply, protocol) => {
      if (!upgrade) throw upgradeRequired();
      reply.hijack();
      // For the log and the metrics.
      reply.raw.statusCode = 101;
      raw.headers['sec-websocket-protocol'] = protocol;
      const accepted: WebSocket[] = [];
      server.handleUpgrade(raw, upgrade.socket, upgrade.head, (socket) => accepted.push(socket));
      return accepted[0];
    });
    app.server.on('upgrade', (raw: IncomingMessage, socket: Socket, head: Buffer) => {
      // Node.js has removed its own listener, and an error without one would end the process.
      socket.on('error', () => socket.destroy());
      upgrades.set(raw, { socket, head, protocols: takeToken(raw) });
      const response = new ServerResponse(raw);
      response.shouldKeepAlive = false;
      response.assignSocket(socket);
      response.once('finish', () => socket.destroySoon());
      app.routing(raw, response);
    });
  },
  { name: 'web-sockets' },
);

/** Throws unless the request is for a WebSocket with this sub-protocol. */
export function checkWebSocket({ upgrade, headers }: FastifyRequest, protocol: string): void {
  if (!upgrade) throw upgradeRequired();
  if (!upgrade.protocols.includes(protocol))
    throw new DevMachineError('invalid-request', `The client must offer the sub-protocol ${protocol}.`);
  if (headers['sec-websocket-version'] !== '13' || !KEY.test(headers['sec-websocket-key'] ?? ''))
    throw new DevMachineError(
      'invalid-request',
      'The handshake of the WebSocket does not comply with RFC 6455.',
    );
}

const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Moves a token from the sub-protocols to the Authorization header, if there is none. Returns the other sub-protocols. */
function takeToken({ headers }: IncomingMessage): string[] {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  const token = offered.find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
  if (token !== undefined) headers.authorization ??= `Bearer ${Buffer.from(token, 'base64url')}`;
  const others = offered.filter((protocol) => !protocol.startsWith(TOKEN_PROTOCOL));
  headers['sec-websocket-protocol'] = others.join(', ');
  return others;
}

const upgradeRequired = (): HttpError =>
  new HttpError('upgrade-required', 'This call is a WebSocket: send an upgrade request (RFC 6455).');
