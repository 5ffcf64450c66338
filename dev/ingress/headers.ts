import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Headers that are about one connection (RFC 9110, section 7.6.1), so that a proxy does not forward them. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Without them, a body has no end that both sides agree on, or a request no host. `Connection` must not name them. */
const INDISPENSABLE = ['content-length', 'host'];

/** What a client claims about earlier proxies. Some servers take `_` for `-`. */
const FORWARDED = /^(forwarded|x[-_]forwarded[-_].*|x[-_]real[-_]ip)$/;

/**
 * Whether the connection may become a WebSocket. A request with a body may not: its rest could be taken for a second request.
 * Other upgrades are answered like ordinary requests.
 */
export const isWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers.upgrade?.toLowerCase() === 'websocket' &&
  headers['content-length'] === undefined &&
  headers['transfer-encoding'] === undefined;

/** The headers with which a request is forwarded. It keeps its Host, and its X-Forwarded headers are those of the relay. */
export function toUpstreamHeaders(request: IncomingMessage): IncomingHttpHeaders {
  const { headers, socket } = request;
  const kept = Object.entries(endToEnd(headers)).filter(
    // The relay has answered `Expect: 100-continue` itself.
    ([name]) => !FORWARDED.test(name) && name !== 'expect',
  );
  return {
    ...Object.fromEntries(kept),
    'x-forwarded-for': socket.remoteAddress ?? '',
    'x-forwarded-host': headers.host,
    'x-forwarded-port': String(socket.localPort),
    'x-forwarded-proto': 'http',
    // The body is chunked again. The parser refuses any other encoding, and one together with a Content-Length.
    ...(headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' }),
    ...(isWebSocket(request) ? { connection: 'Upgrade', upgrade: 'websocket' } : {}),
  };
}

/** The headers of a response without those that are about the connection to the pod. */
export const toClientHeaders = ({ headers }: IncomingMessage): OutgoingHttpHeaders => endToEnd(headers);

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named.filter((name) => !INDISPENSABLE.includes(name))]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}
