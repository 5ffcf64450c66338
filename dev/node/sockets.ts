import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';

/** The unix sockets in the node's folder. */
export const GATEWAY_SOCKET = 'gateway.sock';
export const APISERVER_SOCKET = 'apiserver.sock';

/**
 * Passes bytes between two streams in both directions. The end of one direction ends only that one; a stream that closes before
 * its end takes the other one with it. (Two calls of `pipeline` would destroy a stream that still has bytes to write.)
 */
export function pair(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.once('error', () => to.destroy());
    from.once('close', () => {
      if (!from.readableEnded) to.destroy();
    });
  }
}

/** Listens on a unix socket and connects each client to a port on the loopback interface. */
export async function forwardSocket(path: string, port: number): Promise<Server> {
  // A socket that a killed process has left.
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    pair(socket, connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return server;
}
