import { Agent, type ClientRequestArgs, request } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';

const TIMEOUT_MS = 10_000;

type Callback = (error: Error | null, socket?: Duplex) => void;

/**
 * Connects to pods through a gateway: a program that listens on a unix socket, speaks HTTP CONNECT and has a way into the
 * network of the pods. Each request has its own connection, so that none can leave something behind for another.
 */
export class GatewayAgent extends Agent {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    super({ keepAlive: false });
    this.#socketPath = socketPath;
  }

  override createConnection({ host, port }: ClientRequestArgs, callback: Callback): undefined {
    const path = `${isIPv6(host ?? '') ? `[${host}]` : host}:${port}`;
    const connect = request({
      socketPath: this.#socketPath,
      method: 'CONNECT',
      path,
      headers: { host: path },
      agent: false,
      timeout: TIMEOUT_MS,
    });
    connect.once('connect', ({ statusCode }, socket, head) => {
      if (statusCode !== 200) {
        socket.destroy();
        callback(new Error(`the gateway answered ${statusCode} for ${path}`));
        return;
      }
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      callback(null, socket);
    });
    connect.once('timeout', () => connect.destroy(new Error(`the gateway did not answer for ${path}`)));
    connect.once('error', callback);
    connect.end();
  }
}
