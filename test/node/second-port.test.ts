import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import WebSocket from 'ws';
import { waitFor } from '../support/workloads.ts';
import { machineOf } from './support/machines.ts';

/** A program in a machine is reached on its own port, through the ingress controller and VS Code. */

/** Without its annotations, ingress-nginx would end a WebSocket after 60 seconds. */
const IDLE_MS = 70_000;

/** Answers with the path and the size of what it got, and to a WebSocket with the same message. */
const PROGRAM = `
const { createServer } = require('node:http');
const { WebSocketServer } = require('/opt/devmachine/ide/node_modules/ws');
const server = createServer(async (request, response) => {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  response.end(request.url + ' ' + bytes);
});
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
server.listen(6006, '127.0.0.1');
`;

function* megabytes(count: number): Generator<Buffer> {
  for (let sent = 0; sent < count; sent++) yield Buffer.alloc(1_000_000);
}

test('a second port: behind the password, with large uploads and WebSockets that outlive idle minutes', async (t) => {
  const machine = await machineOf(t);
  const ingressDomain = `${machine.namespace}.localhost`;
  await machine.create({ cpu: '500m', memory: '1Gi', template: 'vscode-cpu', ingressDomain });
  const { host, port } = new URL((await machine.running()).url);
  await machine.exec(
    `cat > /tmp/program.cjs <<'END'\n${PROGRAM}\nEND\nsetsid node /tmp/program.cjs > /tmp/log 2>&1 < /dev/null &`,
  );
  const call = async (path: string, options: Parameters<typeof request>[1] & { headers?: object } = {}) => {
    const headers = { host, ...options.headers };
    const {
      statusCode,
      headers: answered,
      body,
    } = await request(`http://127.0.0.1:${port}${path}`, {
      ...options,
      headers,
    });
    return { status: statusCode, headers: answered, text: await body.text() };
  };

  assert.equal((await call('/proxy/6006/file')).status, 401);
  const login = await call('/login', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ password: await machine.password() }).toString(),
  });
  const [cookie = ''] = String(login.headers['set-cookie']).split(';');
  const headers = { cookie };
  await waitFor('the program', async () => (await call('/proxy/6006/', { headers })).text === '/ 0');
  assert.equal((await call('/absproxy/6006/a?b', { headers })).text, '/absproxy/6006/a?b 0');

  const upload = { method: 'PUT', headers, body: Readable.from(megabytes(100)) } as const;
  assert.equal((await call('/proxy/6006/upload', upload)).text, '/upload 100000000');

  const socket = new WebSocket(`ws://127.0.0.1:${port}/proxy/6006/socket`, { headers: { host, cookie } });
  t.after(() => socket.terminate());
  await once(socket, 'open');
  for (const message of ['at first', 'after a while']) {
    socket.send(message);
    const [data] = await once(socket, 'message');
    assert.equal(String(data), message);
    if (message === 'at first') await sleep(IDLE_MS);
  }
});
