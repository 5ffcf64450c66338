import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { forwardSocket } from '../../dev/node/sockets.ts';
import { freePort } from '../../dev/ports.ts';
import { until } from '../support/until.ts';
import { DEV, runNode, temporaryFolder } from './support/processes.ts';

/** The way into and out of the node's network (dev/node/gateway.ts), here without namespaces. */

const GATEWAY = fileURLToPath(new URL('node/gateway.ts', DEV));

/** More than the buffers on the way hold. */
const SIZE = 1_000_000;

/** Starts a server that sends back what it gets, and ends when its client has ended. */
async function startEcho(t: TestContext): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function startGateway(t: TestContext) {
  const folder = await temporaryFolder(t);
  const apiPort = await freePort();
  const run = runNode(t, [GATEWAY, folder], { API_PORT: String(apiPort) });
  const socketPath = join(folder, 'gateway.sock');
  const dial = (path: string) =>
    new Promise<{ status: number | undefined; socket: Duplex }>((resolve, reject) => {
      const call = request({ socketPath, method: 'CONNECT', path, agent: false });
      call.once('connect', ({ statusCode: status }, socket, head) => {
        socket.unshift(head);
        resolve({ status, socket });
      });
      call.once('error', reject).end();
    });
  await until('the gateway', () =>
    dial('127.0.0.1:1').then(
      () => true,
      () => false,
    ),
  );
  return { folder, apiPort, dial, run };
}

/** Sends a text, ends the sending side, and resolves to all that comes back. */
async function echo(socket: Duplex, text: string): Promise<string> {
  socket.end(text);
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
  return answer;
}

test('CONNECT leads to the address that it names, and the end of one direction ends only that one', async (t) => {
  const port = await startEcho(t);
  const { dial } = await startGateway(t);
  const { status, socket } = await dial(`127.0.0.1:${port}`);
  assert.equal(status, 200);
  const text = 'x'.repeat(1_000_000);
  assert.equal(await echo(socket, text), text);
});

test('what servers send before they close arrives, however late it is read', async (t) => {
  const server = createServer((socket) => socket.end(Buffer.alloc(SIZE))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { dial } = await startGateway(t);
  const read = async () => {
    const { socket } = await dial(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    let length = 0;
    for await (const chunk of socket) {
      length += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return length;
  };
  const lengths = await Promise.all(Array.from({ length: 100 }, read));
  assert.deepEqual([...new Set(lengths)], [SIZE]);
});

test('an address where nobody listens is a 502, and a target that is no address is a 400', async (t) => {
  const { dial } = await startGateway(t);
  assert.equal((await dial(`127.0.0.1:${await freePort()}`)).status, 502);
  for (const target of ['127.0.0.1', '127.0.0.1:0', '127.0.0.1:65536', ':80']) {
    assert.equal((await dial(target)).status, 400, target);
  }
});

test("the API server's port leads through the other socket", async (t) => {
  const port = await startEcho(t);
  const { folder, apiPort } = await startGateway(t);
  const server = await forwardSocket(join(folder, 'apiserver.sock'), port);
  t.after(() => server.close());
  const socket: Socket = connect({ port: apiPort, host: '127.0.0.1', allowHalfOpen: true });
  assert.equal(await echo(socket, 'hello'), 'hello');
});
