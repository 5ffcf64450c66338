import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';

/** A server that stands for what runs in pods: kwok gives pods addresses, but runs nothing in them. */
export interface Pod {
  readonly port: number;
  /** Requests that have not ended, by their paths. */
  readonly open: Set<string>;
  /** What counts the bytes of /upload and /download. */
  flow: Flow;
  /** Ends the response to /events with this text. */
  finishEvents(text: string): void;
  close(): void;
}

export async function startPod(): Promise<Pod> {
  const open = new Set<string>();
  const events: ServerResponse[] = [];
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
    '/upload': async (request, response) => response.end(String(await pod.flow.countSlowly(request))),
    '/download': async (_, response) => {
      for (const chunk of pod.flow.zeros(100)) {
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    },
    '/events': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      events.push(response);
    },
    // It goes on reading, as servers do: bytes that nobody reads reset the connection, and the answer may be lost.
    '/early': (request, response) => {
      response.writeHead(413, { 'content-length': 9 }).write('too large');
      request.resume().once('end', () => response.end());
    },
    '/hang': () => undefined,
    '/reset': (_, { socket }) => socket?.resetAndDestroy(),
    '/cut': (_, response) =>
      response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy()),
    '/no-status': (_, { socket }) => socket?.end('HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n'),
    '/switch': (_, { socket }) =>
      socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: odd\r\n\r\n'),
    '/hop': (_, response) =>
      response.writeHead(200, { connection: 'close, x-private', 'x-private': '1', 'x-public': '2' }).end(),
  };
  const server = createServer((request, response) => {
    const { url = '', method, rawHeaders } = request;
    open.add(url);
    response.once('close', () => open.delete(url));
    const [path = ''] = url.split('?');
    const route = routes[path];
    if (route) void route(request, response);
    else response.end(JSON.stringify({ url, method, rawHeaders }));
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const { url = '' } = request;
    if (url === '/refused') {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
      return;
    }
    open.add(url);
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data, isBinary) => {
        if (String(data) === 'end') client.close();
        else client.send(data, { binary: isBinary });
      });
      client.on('close', () => open.delete(url));
      client.send(JSON.stringify(request.rawHeaders));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pod: Pod = {
    port: (server.address() as AddressInfo).port,
    open,
    flow: newFlow(),
    finishEvents: (text) => {
      for (const response of events.splice(0)) response.end(text);
    },
    close: () => close(server),
  };
  return pod;
}

/** A gateway that leads to the same server, whatever pod it is asked for. */
export interface Gateway {
  readonly socketPath: string;
  /** The addresses that it was asked for. */
  readonly asked: string[];
  /** Where it leads to; undefined: it refuses. */
  port: number | undefined;
  close(): void;
}

export async function startGateway(folder: string, podPort: number): Promise<Gateway> {
  const gateway = {
    socketPath: join(folder, 'gateway.sock'),
    asked: [] as string[],
    port: podPort as number | undefined,
    close: () => close(server),
  };
  const server = createServer();
  server.on('connect', ({ url = '' }, client: Socket, head: Buffer) => {
    gateway.asked.push(url);
    client.on('error', () => client.destroy());
    if (gateway.port === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const pod = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      pod.write(head);
      pod.pipe(client).pipe(pod);
    });
    pod.on('error', () => client.destroy());
    client.on('close', () => pod.destroy());
    pod.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(gateway.socketPath, resolve));
  return gateway;
}

export type Flow = ReturnType<typeof newFlow>;

/** Counts the bytes of a transfer that have been sent, but not received yet. */
export function newFlow() {
  let [ahead, most] = [0, 0];
  return {
    *zeros(megabytes: number): Generator<Buffer> {
      const megabyte = Buffer.alloc(1_000_000);
      for (let count = 0; count < megabytes; count++) {
        ahead += megabyte.length;
        most = Math.max(most, ahead);
        yield megabyte;
      }
    },
    /** Receives more slowly than anybody sends. Resolves to the number of bytes. */
    countSlowly: async (stream: AsyncIterable<Buffer>): Promise<number> => {
      let bytes = 0;
      for await (const { length } of stream) {
        ahead -= length;
        bytes += length;
        await sleep(1);
      }
      return bytes;
    },
    mostAhead: () => most,
  };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
