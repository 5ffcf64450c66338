import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Machines } from '../../../src/devmachine/machines.ts';
import { EventHub, STREAMS_PER_TURN } from '../../../src/http/sse/hub.ts';
import { FakeMachines, serve, truth } from '../../support/fake-machines.ts';
import {
  isSynced,
  ofKind,
  openStream,
  picture,
  type Stream,
  type StreamEvent,
} from '../../support/streams.ts';
import { countPerTurn } from '../../support/turns.ts';
import { until } from '../../support/until.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

async function buffersInUse(): Promise<number> {
  for (let times = 0; times < 3; times++) {
    await sleep(10);
    collectGarbage();
  }
  return process.memoryUsage().arrayBuffers;
}

test('a stream whose client does not read is dropped, and uses no more memory than the log', async (t) => {
  const machines = new FakeMachines();
  const { url } = await serve(t, machines, { heartbeatMs: 200, eventHistoryBytes: 1_000_000 });
  const [stuck, reading] = [await openStream(t, url), await openStream(t, url)];
  await Promise.all([stuck.until(isSynced), reading.until(isSynced)]);
  stuck.response.pause();
  const before = await buffersInUse();
  for (let count = 1; count <= 2_000; count++) {
    machines.set(`m${count % 20}`, { padding: 20_000 });
    await reading.until(({ events }) => events.length === count + 1);
  }
  const grown = (await buffersInUse()) - before;
  t.diagnostic(`40 MB of changes: the buffers have grown by ${Math.round(grown / 1e6)} MB`);
  assert.ok(grown < 5_000_000, `${grown} bytes`);
  stuck.response.resume();
  await stuck.ended;
  const again = await openStream(t, url, {}, stuck.lastId());
  await again.until(isSynced);
  assert.deepEqual(picture([...stuck.events, ...again.events]), truth(machines));
});

test('a stream that lags behind sends only the newest document of each machine', async (t) => {
  const machines = new FakeMachines();
  const { url } = await serve(t, machines);
  const stream = await openStream(t, url);
  await stream.until(isSynced);
  stream.response.pause();
  // More than the buffers of the connection hold.
  for (let count = 0; count < 2_000; count++) {
    machines.set(`m${count % 5}`, { padding: 7_000 });
    if (count % 50 === 0) await sleep(1);
  }
  await sleep(50);
  stream.response.resume();
  await stream.until(({ events }) => picture(events).size === 5 && isTrue(events, machines));
  const count = ofKind(stream, 'status').length;
  t.diagnostic(`2000 changes of 5 machines: ${count} documents`);
  assert.ok(count < 2_000);
  for (const uid of truth(machines).keys()) {
    const generations = stream.events
      .filter(({ data }) => data.uid === uid)
      .map(({ data }) => data.generation);
    assert.deepEqual(
      generations,
      [...generations].sort((one, other) => one - other),
    );
  }
});

const isTrue = (events: readonly StreamEvent[], machines: FakeMachines): boolean => {
  const known = picture(events);
  return [...truth(machines)].every(([uid, generation]) => known.get(uid) === generation);
};

test('MAX_READERS limits the open streams, and closed ones leave nothing behind', async (t) => {
  const machines = new FakeMachines();
  const { app, url } = await serve(t, machines, { maxReaders: 3 });
  const streams = await Promise.all([1, 2, 3].map(() => openStream(t, url)));
  const refused = await fetch(`${url}/api/v1/devmachines/events`);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('retry-after'), '10');
  assert.match(String(((await refused.json()) as { type: string }).type), /:too-many-readers$/);
  for (const stream of streams) stream.close();
  for (let round = 0; round < 50; round++) {
    const stream = await openWhenFree(t, url);
    if (round % 2) await stream.until(isSynced);
    stream.close();
  }
  assert.equal(machines.listeners.size, 1);
  await app.close();
  assert.equal(machines.listeners.size, 0);
});

async function openWhenFree(t: TestContext, url: string): Promise<Stream> {
  let stream: Stream | undefined;
  await until('a stream to be accepted', async () => {
    stream = await openStream(t, url).catch(() => undefined);
    return stream !== undefined;
  });
  return stream ?? assert.fail();
}

test('when the API shuts down, streams end even if their client does not read', {
  timeout: 60_000,
}, async (t) => {
  const machines = new FakeMachines();
  const { app, url } = await serve(t, machines);
  const [stuck, reading] = [await openStream(t, url), await openStream(t, url)];
  await Promise.all([stuck.until(isSynced), reading.until(isSynced)]);
  stuck.response.pause();
  for (let count = 0; count < 1_000; count++) machines.set('m', { padding: 20_000 });
  await sleep(100);
  await Promise.all([app.close(), reading.ended]);
});

test('many streams are written to over turns of the event loop, and each gets every event', async (t) => {
  const STREAMS = 3 * STREAMS_PER_TURN + 1;
  const machines = new FakeMachines();
  const hub = new EventHub({
    machines: machines as unknown as Machines,
    maxStreams: STREAMS,
    heartbeatMs: 50,
    historyBytes: 1e6,
  });
  t.after(() => hub.close());
  const turns = countPerTurn(t);
  const written = Array.from({ length: STREAMS }, () => '');
  for (const index of written.keys()) {
    const response = new Writable({
      write: (chunk, _encoding, done) => {
        turns.add();
        written[index] += chunk;
        done();
      },
    });
    const scope = { namespace: undefined, name: undefined };
    hub.add(response as ServerResponse, scope, hub.start(scope, undefined), assert.fail);
    // Opening is spread elsewhere.
    await setImmediate();
  }
  const haveAll = (text: string) => () => written.every((one) => one.includes(text));
  machines.set('one', { phase: 'Starting' });
  await setImmediate();
  // The first pass is not over.
  assert.ok(written.some((one) => !one.includes('"name":"one"')));
  machines.set('two');
  await until('both events on all streams', () => haveAll('"name":"one"')() && haveAll('"name":"two"')());
  await until('a heartbeat on all streams', haveAll(': heartbeat'));
  assert.ok(turns.most() <= 2 * STREAMS_PER_TURN, `${turns.most()} writes in one turn`);
});
