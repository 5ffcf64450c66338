import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import WebSocket, { WebSocketServer } from 'ws';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { TerminalSession } from '../../../src/http/terminal/session.ts';
import { until } from '../../support/until.ts';
import { FakeTerminal, serveTerminals, silence } from './fake-terminal.ts';

const texts = (socket: WebSocket): object[] => {
  const found: object[] = [];
  socket.on('message', (data, isBinary) => {
    if (!isBinary) found.push(JSON.parse(String(data)));
  });
  return found;
};

test('what is typed, sizes and output pass, and the exit code comes before the close', async (t) => {
  const typed = Promise.withResolvers<void>();
  const terminal = new FakeTerminal(async function* (self) {
    yield Buffer.from('$ ');
    await typed.promise;
    yield Buffer.from([0xff, 0x00]);
    self.exitCode = 3;
  });
  const { connect } = await serveTerminals(t, () => terminal);
  const socket = connect();
  const messages = texts(socket);
  const shown: Buffer[] = [];
  socket.on('message', (data: Buffer, isBinary) => isBinary && shown.push(data));
  await once(socket, 'open');
  socket.send('{"type":"resize","cols":120,"rows":40}');
  socket.send(Buffer.from('ls\r'));
  await until('the input', () => terminal.written.length === 1);
  typed.resolve();
  const [code] = await once(socket, 'close');
  assert.equal(code, 1000);
  assert.deepEqual(messages, [{ type: 'exit', code: 3 }]);
  assert.deepEqual(Buffer.concat(shown), Buffer.from([0x24, 0x20, 0xff, 0x00]));
  assert.deepEqual(terminal.sizes, [{ cols: 120, rows: 40 }]);
  assert.equal(String(terminal.written[0]), 'ls\r');
  assert.equal(terminal.closes, 1);
});

for (const text of [
  '',
  'ls',
  '{}',
  '[]',
  '{"type":"resize","cols":0,"rows":1}',
  '{"type":"resize","cols":"1"}',
])
  test(`the text message ${JSON.stringify(text)} ends the terminal with a problem`, async (t) => {
    const terminal = new FakeTerminal(silence);
    const { connect } = await serveTerminals(t, () => terminal);
    const socket = connect();
    const messages = texts(socket);
    await once(socket, 'open');
    socket.send(text);
    await once(socket, 'close');
    const [message] = messages as { type: string; problem: { type: string; instance: string } }[];
    assert.equal(message?.type, 'error');
    assert.equal(message?.problem.type, 'urn:devmachine:problem:invalid-request');
    assert.ok(message.problem.instance);
    await until('the terminal to be closed', () => terminal.closes > 0);
  });

test('a message that is too large ends the terminal, and not the process', async (t) => {
  const terminal = new FakeTerminal(silence);
  const { connect } = await serveTerminals(t, () => terminal);
  const socket = connect();
  await once(socket, 'open');
  socket.send(Buffer.alloc(1_048_577));
  const [code] = await once(socket, 'close');
  assert.equal(code, 1009);
  await until('the terminal to be closed', () => terminal.closes > 0);
});

test('a client that disappears ends the terminal', async (t) => {
  const terminal = new FakeTerminal(silence);
  const { connect } = await serveTerminals(t, () => terminal);
  const socket = connect();
  await once(socket, 'open');
  socket.terminate();
  await until('the terminal to be closed', () => terminal.closes > 0);
});

test('output is not read faster than the client takes it', async (t) => {
  const CHUNK = Buffer.alloc(65_536, 'y\n');
  let read = 0;
  const terminal = new FakeTerminal(async function* () {
    // `yes` has no end.
    for (; ; read++) yield CHUNK;
  });
  const { connect } = await serveTerminals(t, () => terminal);
  const socket = connect();
  await once(socket, 'open');
  socket.pause();
  // What has been read fills the buffers of the kernel on both sides, and then no more.
  let before = -1;
  await until(
    'the output to stop',
    () => {
      const isSame = read === before;
      before = read;
      return isSame && read > 0;
    },
    { intervalMs: 200 },
  );
  const stoppedAt = read;
  assert.ok(stoppedAt * CHUNK.length < 32_000_000, `${stoppedAt * CHUNK.length} bytes`);
  let received = 0;
  socket.on('message', (data: Buffer) => {
    received += data.length;
  });
  socket.resume();
  await until('the rest', () => received > (stoppedAt + 10) * CHUNK.length);
  socket.terminate();
  await until('the terminal to be closed', () => terminal.closes > 0);
});

test('what is typed is not read faster than the terminal takes it', async (t) => {
  const terminal = new FakeTerminal(silence);
  const taken = Promise.withResolvers<void>();
  let writes = 0;
  terminal.write = () => {
    writes++;
    return taken.promise;
  };
  const { connect } = await serveTerminals(t, () => terminal);
  const socket = connect();
  await once(socket, 'open');
  const TOTAL = 600;
  for (let count = 0; count < TOTAL; count++) socket.send(Buffer.alloc(100_000));
  await until('the first message', () => writes === 1);
  // The client cannot get rid of them all.
  assert.ok(socket.bufferedAmount > 0);
  assert.equal(writes, 1);
  taken.resolve();
  await until('all of them', () => writes === TOTAL);
  assert.equal(socket.bufferedAmount, 0);
});

/** A session with a short ping interval, and its client. */
async function openSession(t: TestContext, pingMs: number) {
  const terminal = new FakeTerminal(silence);
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => {
    server.close();
    http.close();
  });
  const connected = once(server, 'connection');
  const { port } = http.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { autoPong: false });
  client.on('error', () => undefined);
  const [socket] = (await connected) as [WebSocket];
  const toProblem = ({ code }: DevMachineError) => ({ code });
  return { terminal, client, session: new TerminalSession(socket, terminal, { toProblem, pingMs }) };
}

test('a client that does not answer pings is disconnected; one that does is not', async (t) => {
  const { client, session, terminal } = await openSession(t, 50);
  let pings = 0;
  client.on('ping', () => {
    if (++pings <= 3) client.pong();
  });
  await once(client, 'close');
  assert.equal(pings, 4);
  await session.ended;
  assert.ok(terminal.closes > 0);
});

test('a terminal that is lost says why', async (t) => {
  const { client, session } = await openSession(t, 60_000);
  const messages = texts(client);
  session.fail(new DevMachineError('forbidden', 'no longer'));
  const [code] = await once(client, 'close');
  assert.equal(code, 1008);
  assert.deepEqual(messages, [{ type: 'error', problem: { code: 'forbidden' } }]);
  await session.ended;
});
