import type { Agent, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import WebSocket from 'ws';
import type { KubeResponse } from './transport.ts';

export interface UpgradeRequest {
  /** From the root of the API server; its segments are already encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The sub-protocols, in the order of preference. */
  readonly protocols: readonly string[];
  /** The Authorization header, in place of the transport's own credentials. */
  readonly authorization?: string;
  /** Deadline in ms until the connection is open, in place of the client's. */
  readonly timeoutMs?: number;
  /** Aborts the request. Does not close a connection that is open. */
  readonly signal: AbortSignal;
}

/** The WebSocket, which is paused; or the response with which the API server refuses it. */
export type Upgrade = { readonly status: 101; readonly socket: WebSocket } | KubeResponse;

export interface UpgradeClient {
  /** Opens a WebSocket, on a connection of its own. */
  upgrade(request: UpgradeRequest): Promise<Upgrade>;
}

/** Larger messages close the connection. The API server sends at most 32 KiB of output at a time. */
const MAX_MESSAGE_BYTES = 1_048_576;

export function openWebSocket(
  url: URL,
  { protocols, signal }: Pick<UpgradeRequest, 'protocols' | 'signal'>,
  options: { readonly headers: Readonly<Record<string, string>>; readonly agent: Agent },
): Promise<Upgrade> {
  const { promise, resolve, reject } = Promise.withResolvers<Upgrade>();
  signal.throwIfAborted();
  const socket = new WebSocket(url, [...protocols], {
    ...options,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  const abort = () => socket.terminate();
  signal.addEventListener('abort', abort, { once: true });
  socket.once('open', () => {
    socket.pause();
    resolve({ status: 101, socket });
  });
  socket.once('unexpected-response', (_request, response) => resolve(refusal(response)));
  // Also after the connection has been opened: an error without a listener would end the process.
  socket.on('error', reject);
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

async function refusal(response: IncomingMessage): Promise<KubeResponse> {
  const { statusCode: status = 0, headers, socket } = response;
  // An agent would keep the connection, which nobody uses again.
  const body = await text(response).finally(() => socket.destroy());
  try {
    return { status, headers, body: JSON.parse(body) };
  } catch {
    return { status, headers, body };
  }
}
