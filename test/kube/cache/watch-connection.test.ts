import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { type WatchEvent, watch } from '../../../src/kube/cache/watch.ts';
import { openClient } from '../../../src/kube/client/client.ts';
import { bookmark } from '../support/responses.ts';
import { TestClock } from '../support/timers.ts';

/** How a watch ends on a real connection, as undici reports it. */

/** Watches a server that sends a bookmark and part of a second event, and calls `then` once the bookmark has arrived. */
async function follow(
  t: TestContext,
  then: (response: ServerResponse) => void,
  { status = 200, silenceMs = 60_000 } = {},
) {
  const started = Promise.withResolvers<ServerResponse>();
  const server = createServer((_, response) => {
    response.writeHead(status).write(`${bookmark(8)}{"type":"ADD`);
    started.resolve(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  const cluster = { name: 'local', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
  config.loadFromClusterAndUser(cluster, { name: 'nobody' });
  const client = openClient(() => config, { timeoutMs: 60_000 });
  t.after(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  const events: WatchEvent[] = [];
  const options = { clock: new TestClock(), silenceMs, signal: t.signal };
  for await (const event of watch({ client, path: '/path', resourceVersion: '7', ...options })) {
    events.push(event);
    then(await started.promise);
  }
  return events.length;
}

test('the end of the response ends the watch', async (t) => {
  assert.equal(await follow(t, (response) => response.end()), 1);
});

test('a connection closed in the middle of an event ends the watch', async (t) => {
  assert.equal(await follow(t, (response) => response.socket?.end()), 1);
});

test('a connection reset ends the watch', async (t) => {
  assert.equal(await follow(t, (response) => response.socket?.resetAndDestroy()), 1);
});

test('silence ends the watch', async (t) => {
  const events = await follow(t, () => undefined, { silenceMs: 100 });
  assert.ok(events <= 1);
});

test('a refusal whose body never ends ends the watch too', async (t) => {
  assert.equal(await follow(t, () => undefined, { status: 500, silenceMs: 10 }), 0);
});
