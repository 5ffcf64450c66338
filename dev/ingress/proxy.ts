import type { Agent, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import { toClientHeaders, toUpstreamHeaders } from './headers.ts';
import type { Endpoint } from './routes.ts';

const UPGRADE_TIMEOUT_MS = 30_000;

export interface Upstream {
  readonly endpoint: Endpoint;
  readonly agent: Agent;
  /** Called instead of an answer if there is none. It may be called more than once, and after the client has left. */
  readonly onFailure: (error: Error) => void;
}

/** Forwards a request, and streams both bodies. */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { endpoint, agent, onFailure }: Upstream,
): void {
  request.headers = toUpstreamHeaders(request);
  const target = { protocol: 'http:', ...endpoint };
  const proxy = createProxyServer({ target, agent, selfHandleResponse: true });
  const fail = (error: Error) => (response.headersSent ? response.destroy() : onFailure(error));
  proxy.on('error', fail);
  proxy.on('proxyReq', (upstream) => {
    // An upgrade that nobody asked for has no other event.
    upstream.once('close', () => {
      if (!response.headersSent) fail(new Error('the connection was closed'));
    });
  });
  proxy.on('proxyRes', (answer) => {
    try {
      response.writeHead(answer.statusCode ?? 0, toClientHeaders(answer));
    } catch (error) {
      answer.destroy();
      fail(error as Error);
      return;
    }
    // A stream of events can begin long before its first event.
    response.flushHeaders();
    answer.pipe(response);
  });
  proxy.web(request, response).catch(fail);
}

/** Forwards a WebSocket: an upgrade, and afterwards the bytes in both directions. `head` is what already follows the request. */
export function tunnel(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  { endpoint, agent, onFailure }: Upstream,
): void {
  request.headers = toUpstreamHeaders(request);
  const target = { protocol: 'http:', ...endpoint };
  const proxy = createProxyServer({ target, agent, upgradeTimeout: UPGRADE_TIMEOUT_MS });
  let isAnswered = false;
  const onAnswer = () => {
    isAnswered = true;
  };
  const fail = (error: Error) => (isAnswered ? socket.destroy() : onFailure(error));
  proxy.on('error', fail);
  proxy.on('proxyReqWs', (upstream) => upstream.once('upgrade', onAnswer).once('response', onAnswer));
  proxy.ws(request, socket, {}, head).catch(fail);
}
