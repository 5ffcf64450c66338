import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as open, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTeam, VIEWER } from '../auth/support/accounts.ts';
import { type Api, bearer, startReadyApi } from '../support/api.ts';
import { connect } from '../support/cluster.ts';
import { until } from '../support/until.ts';

/**
 * Attackers who send much, or hold much open, against the real process. Others are served meanwhile, and the memory that an
 * attack takes is bounded.
 */

const PATH = '/api/v1/devmachines?namespace=';

/** A backend for others, and somebody who may use it. */
async function startVictim(t: TestContext, env: Record<string, string> = {}) {
  const { namespace, accounts } = await createTeam(connect(t), { viewer: VIEWER });
  const api = await startReadyApi(t, { AUTH_MODE: 'kubernetes', ...env });
  const isServed = async () =>
    assert.equal(
      (await api.call('GET', PATH + namespace, undefined, bearer(accounts.viewer.token))).status,
      200,
    );
  await isServed();
  return { api, isServed };
}

/** The resident memory of a process, in MB. */
function memoryOf({ pid }: Api): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_000;
}

/** Opens a connection; an attacker does not care how it ends. */
async function dial(t: TestContext, { url }: Api): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = open({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

/** The status of the answer to what is written; undefined if the connection is closed without one. */
async function statusOf(socket: Socket): Promise<number | undefined> {
  const closed = once(socket, 'close').then(() => undefined);
  const answered = once(socket, 'data').then(([chunk]) => Number(String(chunk).split(' ')[1]));
  return Promise.race([answered, closed]);
}

test('10,000 idle connections', { timeout: 120_000 }, async (t) => {
  const { api, isServed } = await startVictim(t);
  const before = memoryOf(api);
  for (let count = 0; count < 10_000; count += 500)
    await Promise.all(Array.from({ length: 500 }, () => dial(t, api)));
  await isServed();
  const growth = memoryOf(api) - before;
  assert.ok(growth < 400, `${growth} MB more are resident`);
});

test('connections beyond MAX_CONNECTIONS are closed, and those that are open go on', async (t) => {
  const { api, isServed } = await startVictim(t, { MAX_CONNECTIONS: '100' });
  const sockets = await Promise.all(Array.from({ length: 300 }, () => dial(t, api)));
  await until('the closed connections', () => sockets.filter(({ destroyed }) => destroyed).length >= 200);
  for (const socket of sockets) socket.destroy();
  await isServed();
});

test('10,000 distinct bad tokens at 1,000 per second', { timeout: 180_000 }, async (t) => {
  // Even if the requests take minutes, most of them are beyond it.
  const { api, isServed } = await startVictim(t, { RATE_LIMIT_PER_MINUTE: '1200' });
  const before = memoryOf(api);
  const statuses = new Map<number, number>();
  const requests: Promise<void>[] = [];
  for (let number = 0; number < 10_000; number++) {
    const token = `${number}`.padStart(400, 'x');
    requests.push(
      api.call('GET', `${PATH}team`, undefined, bearer(token)).then(({ status }) => {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }),
    );
    if (number % 100 === 0) await sleep(100);
  }
  await isServed();
  await Promise.all(requests);
  // Refused by the cluster, refused because of the rate, or told to come back: the cluster is asked a bounded number at a time.
  for (const status of statuses.keys()) assert.ok([401, 429, 503].includes(status), `${status}`);
  assert.ok((statuses.get(429) ?? 0) > 1_000, 'the limit for an address is kept');
  const growth = memoryOf(api) - before;
  assert.ok(growth < 200, `${growth} MB more are resident`);
  await isServed();
});

test('a body of 100 MB is refused before it is read', async (t) => {
  const { api, isServed } = await startVictim(t);
  const before = memoryOf(api);
  const sockets = await Promise.all(Array.from({ length: 20 }, () => dial(t, api)));
  const answers = sockets.map(statusOf);
  const head = `POST ${PATH}team HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n`;
  for (const socket of sockets) {
    socket.write(head);
    socket.write(Buffer.alloc(1_000_000, '['));
  }
  // Without a token, it is not even looked at.
  assert.deepEqual(new Set(await Promise.all(answers)), new Set([401]));
  await isServed();
  assert.ok(memoryOf(api) - before < 100);
});

test('requests that arrive byte by byte are ended, and hold up nobody', { timeout: 60_000 }, async (t) => {
  const { api, isServed } = await startVictim(t, { REQUEST_TIMEOUT_SECONDS: '3' });
  const sockets = await Promise.all(Array.from({ length: 500 }, () => dial(t, api)));
  const timer = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write('G');
  }, 200);
  t.after(() => clearInterval(timer));
  await isServed();
  await until('the end of the slow requests', () =>
    sockets.every(({ destroyed, readableEnded }) => destroyed || readableEnded),
  );
  await isServed();
});

test('readers that do not read are disconnected', { timeout: 60_000 }, async (t) => {
  const { api, isServed } = await startVictim(t, { AUTH_MODE: 'none', HEARTBEAT_SECONDS: '1' });
  const before = memoryOf(api);
  const sockets = await Promise.all(Array.from({ length: 200 }, () => dial(t, api)));
  for (const socket of sockets) {
    socket.pause();
    for (let request = 0; request < 200; request++)
      socket.write(`GET /openapi.yaml HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  }
  await isServed();
  const growth = memoryOf(api) - before;
  assert.ok(growth < 500, `${growth} MB more are resident`);
});
