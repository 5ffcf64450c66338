import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Opens event streams that all resume after the same event, spread evenly; reports when each has caught up, then exits. */
interface Input {
  readonly url: string;
  readonly readers: number;
  readonly withinMs: number;
}

const { url, readers, withinMs } = JSON.parse(process.argv[2] ?? '') as Input;
const { hostname, port } = new URL(url);

async function open(query: string, headers = ''): Promise<Socket> {
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', (error) => {
    throw error;
  });
  await once(socket, 'connect');
  socket.write(
    `GET /api/v1/devmachines/events${query} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${headers}\r\n`,
  );
  return socket;
}

/** Reads until the event `synced`, and leaves the stream open; returns the id of the event. */
function synced(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
    const id = /event: synced\nid: (\S+)/.exec(text)?.[1];
    if (id) resolve(id);
  });
  socket.once('close', () => reject(new Error(`the stream ended: ${text.slice(0, 300)}`)));
  return promise;
}

const id = await synced(await open('?namespace=events'));
const startedAt = performance.now();
const resume = async (index: number) => {
  await sleep((index / readers) * withinMs);
  await synced(await open('', `Last-Event-ID: ${id}\r\n`));
};
await Promise.all(Array.from({ length: readers }, (_, index) => resume(index)));
console.log(JSON.stringify({ ms: performance.now() - startedAt }));
process.send?.('open');
await once(process, 'message');
process.exit();
