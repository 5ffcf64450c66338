import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { test } from 'node:test';
import { request } from 'undici';
import { WebSocket } from 'ws';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { until } from '../../support/until.ts';
import { FakeTerminal, PATH, PROTOCOL, refusalOf, serveTerminals, silence } from './fake-terminal.ts';

const APP = 'https://app.example.com';
const TOKEN = 'base64url.bearer.authorization.k8s.io.c2VjcmV0';

test('the token in a sub-protocol is neither echoed nor logged', async (t) => {
  const { connect, log } = await serveTerminals(t, () => new FakeTerminal(silence), { logReadsEvery: 1 });
  const socket = connect(PATH, [TOKEN, PROTOCOL]);
  const [response] = await once(socket, 'upgrade');
  assert.equal(response.headers['sec-websocket-protocol'], PROTOCOL);
  assert.equal(JSON.stringify(response.rawHeaders).includes('c2VjcmV0'), false);
  socket.close();
  await until('the end in the log', () => log.some((line) => line.includes('request completed')));
  assert.ok(!log.join('').includes('c2VjcmV0'));
  assert.match(log.join(''), /"statusCode":101/);
});

test('pages of other origins open no terminal', async (t) => {
  const { connect, url } = await serveTerminals(t, () => new FakeTerminal(silence), { corsOrigins: [APP] });
  const { host } = new URL(url);
  for (const origin of [
    'https://evil.example.com',
    'null',
    `${APP}.evil.example.com`,
    'http://localhost',
    '',
  ])
    assert.equal(
      await refusalOf(connect(PATH, [PROTOCOL], { headers: { origin } })),
      '403 foreign-origin',
      origin,
    );
  for (const origin of [undefined, APP, `http://${host}`, `https://${host}`]) {
    const socket = connect(PATH, [PROTOCOL], origin === undefined ? {} : { headers: { origin } });
    await once(socket, 'open');
  }
});

test('without an upgrade, or with another one, the call is a 426, and other calls are as usual', async (t) => {
  const { url } = await serveTerminals(t, () => new FakeTerminal(silence));
  const plain = await request(`${url}${PATH}`);
  assert.deepEqual([plain.statusCode, plain.headers['upgrade']], [426, 'websocket']);
  await plain.body.dump();
  const { hostname, port, host } = new URL(url);
  for (const [path, upgrade, expected] of [
    [PATH, 'h2c', 426],
    ['/livez', 'h2c', 200],
    ['/livez', 'websocket', 200],
    ['/none', 'websocket', 404],
  ] as const) {
    const socket = connectTcp(Number(port), hostname);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade, close\r\nUpgrade: ${upgrade}\r\n\r\n`,
    );
    const answer = Buffer.concat(await socket.toArray()).toString();
    assert.match(answer, new RegExp(`^HTTP/1.1 ${expected} `), `${upgrade} ${path}: ${answer}`);
  }
});

test('a handshake without the sub-protocol, or without a key, is a 400', async (t) => {
  const { connect, url } = await serveTerminals(t, () => new FakeTerminal(silence));
  for (const protocols of [[], ['other'], [TOKEN]])
    assert.equal(await refusalOf(connect(PATH, protocols)), '400 invalid-request');
  const { hostname, port, host } = new URL(url);
  const socket = connectTcp(Number(port), hostname);
  const head = ['Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Protocol: ${PROTOCOL}`];
  socket.write(`GET ${PATH} HTTP/1.1\r\nHost: ${host}\r\n${head.join('\r\n')}\r\n\r\n`);
  assert.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1.1 400 [\s\S]*invalid-request/);
});

test('a command is passed on as it is, and one that is none is a 400', async (t) => {
  const commands: (readonly string[])[] = [];
  const { connect } = await serveTerminals(t, ({ command }) => {
    commands.push(command);
    return new FakeTerminal(silence);
  });
  const HOSTILE = '$(id); `id`\r\n"\'--';
  const open = (...command: string[]) =>
    connect(`${PATH}${command.map((argument) => `&command=${encodeURIComponent(argument)}`).join('')}`);
  await once(open(), 'open');
  await once(open('top'), 'open');
  await once(open('sh', '-c', HOSTILE), 'open');
  assert.deepEqual(commands, [[], ['top'], ['sh', '-c', HOSTILE]]);
  const refused = [[''], ['a\0b'], ['x'.repeat(4_097)], ['sh', ''], new Array<string>(65).fill('x')];
  for (const command of refused)
    assert.equal(await refusalOf(open(...command)), '400 invalid-request', command.join(' ').slice(0, 20));
});

test('an error before the terminal opens is the response', async (t) => {
  const { connect } = await serveTerminals(t, () => {
    throw new DevMachineError('kubelet-unreachable', 'no kubelet');
  });
  assert.equal(await refusalOf(connect()), '503 kubelet-unreachable');
});

test('the number of terminals is limited, and a closed one makes room', async (t) => {
  const terminals: FakeTerminal[] = [];
  const { connect } = await serveTerminals(
    t,
    () => {
      const terminal = new FakeTerminal(silence);
      terminals.push(terminal);
      return terminal;
    },
    { maxTerminals: 2 },
  );
  const sockets = [connect(), connect()];
  for (const socket of sockets) await once(socket, 'open');
  assert.equal(await refusalOf(connect()), '503 too-many-terminals');
  sockets[0]?.terminate();
  await until('the room', async () => {
    const socket = connect();
    const opened = await Promise.race([
      once(socket, 'open').then(() => true),
      refusalOf(socket).then(() => false),
    ]);
    return opened;
  });
  assert.equal(terminals.length, 3);
});

test('a shutdown ends open terminals, their commands, and a client that does not respond', async (t) => {
  const terminals = [new FakeTerminal(silence), new FakeTerminal(silence)];
  let opened = 0;
  const { app, connect } = await serveTerminals(t, () => terminals[opened++] ?? assert.fail());
  const [responsive, stalled] = [connect(), connect()];
  for (const socket of [responsive, stalled]) await once(socket, 'open');
  stalled.pause();
  const closed = once(responsive, 'close');
  await app.close();
  assert.equal((await closed)[0], 1001);
  assert.notEqual(stalled.readyState, WebSocket.CONNECTING);
  for (const terminal of terminals) assert.ok(terminal.closes > 0);
});

test('a client that is cut during the handshake, or sends garbage after it, does not end the process', async (t) => {
  const terminals: FakeTerminal[] = [];
  const { url, connect } = await serveTerminals(t, () => {
    const terminal = new FakeTerminal(silence);
    terminals.push(terminal);
    return terminal;
  });
  const { hostname, port, host } = new URL(url);
  const handshake = [
    `GET ${PATH} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Protocol: ${PROTOCOL}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ].join('\r\n');
  for (const garbage of ['', 'garbage', '\xff'.repeat(100)]) {
    const socket = connectTcp(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(`${handshake}\r\n\r\n${garbage}`, 'latin1');
    if (garbage === '') socket.resetAndDestroy();
    else await once(socket.resume(), 'close');
  }
  await once(connect(), 'open');
  await until('the others to be closed', () => terminals.slice(0, -1).every(({ closes }) => closes > 0));
});
