import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { freePort } from '../../dev/ports.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const READERS = 2_000;
const MACHINES = 10;
const CHANGES = 100;

/** Keeps only the number of documents and the last generation of each machine. */
class Reader {
  readonly generations = new Map<string, number>();
  readonly response: IncomingMessage;
  documents = 0;
  ended = false;
  synced = false;
  onDocument: () => void = () => undefined;
  #rest = '';

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('latin1');
    response.on('data', (text: string) => this.#read(text));
    response.on('error', () => undefined);
    response.on('close', () => {
      this.ended = true;
    });
  }

  #read(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith('event: synced')) this.synced = true;
      const [, name, generation] = /"name":"([^"]*)".*?"generation":(\d+)/.exec(block) ?? [];
      if (!name) continue;
      const before = this.generations.get(name);
      // Every change arrives, in order.
      if (before !== undefined) assert.equal(Number(generation), before + 1);
      this.generations.set(name, Number(generation));
      this.documents++;
    }
    this.onDocument();
  }
}

async function openReaders(t: TestContext, url: string, count: number): Promise<Reader[]> {
  const readers: Reader[] = [];
  for (let index = 0; index < count; index++) {
    const call = request(`${url}/api/v1/devmachines/events`, { agent: false }).end();
    t.after(() => call.destroy());
    call.on('error', () => undefined);
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    readers.push(new Reader(response));
  }
  return readers;
}

const megabytes = (pid: number): number =>
  Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024);

test(`${READERS} readers receive each of ${CHANGES} changes, although one other reader has stalled`, async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const METRICS_PORT = String(await freePort());
  const api = await startReadyApi(t, {
    METRICS_PORT,
    WATCH_NAMESPACES: namespace,
    HEARTBEAT_SECONDS: '1',
  });
  const names = Array.from({ length: MACHINES }, (_, index) => `m${index}`);
  for (const name of names) assert.equal((await api.create(namespace, name)).status, 201);
  const idle = megabytes(api.pid);

  const openedAt = performance.now();
  const [stalled] = await openReaders(t, api.url, 1);
  stalled?.response.pause();
  const readers = await openReaders(t, api.url, READERS);
  await waitForAll(readers, (reader) => reader.synced);
  t.diagnostic(`${READERS} streams open and synced in ${Math.round(performance.now() - openedAt)} ms`);
  const open = megabytes(api.pid);

  const delays: number[] = [];
  for (let count = 0; count < CHANGES; count++) {
    const path = machinePath({ namespace, name: `m${count % MACHINES}` });
    const startedAt = performance.now();
    const all = waitForAll(readers, (reader) => reader.documents === MACHINES + count + 1);
    const response = await mergePatch(cluster, path, { spec: { cpu: 3 + Math.floor(count / MACHINES) } });
    assert.equal(response.status, 200);
    await all;
    delays.push(performance.now() - startedAt);
  }
  delays.sort((one, other) => one - other);
  const after = megabytes(api.pid);
  t.diagnostic(
    `change to last reader: median ${Math.round(delays[CHANGES / 2] ?? 0)} ms, worst ${Math.round(delays.at(-1) ?? 0)} ms`,
  );
  t.diagnostic(`memory: ${idle} MB idle, ${open} MB with the streams, ${after} MB after the changes`);
  for (const reader of readers) {
    assert.equal(reader.documents, MACHINES + CHANGES);
    for (const name of names) assert.equal(reader.generations.get(name), 1 + CHANGES / MACHINES);
    assert.ok(!reader.ended);
  }
  assert.ok(after - idle < 300, `${after} MB`);

  // The network buffers still hold everything that the stalled reader has not read. Exceed them.
  const active = readers.splice(0, 20);
  for (const reader of readers) reader.response.destroy();
  for (let count = 1; count <= 150; count++) {
    const all = waitForAll(active, (reader) => reader.documents === MACHINES + CHANGES + count);
    const env = ['A', 'B', 'C', 'D'].map((name) => ({ name, value: `${count}${'x'.repeat(30_000)}` }));
    const response = await mergePatch(cluster, machinePath({ namespace, name: 'm0' }), { spec: { env } });
    assert.equal(response.status, 200, response.body.message);
    await all;
  }
  t.diagnostic(`memory: ${megabytes(api.pid)} MB after 18 MB of changes that one reader has not read`);
  await until('the stalled stream to be dropped', async () => {
    const body = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
    return new RegExp(`^devmachine_event_streams ${active.length}$`, 'm').test(body);
  });
  stalled?.response.resume();
  await until('the stalled reader to reach the end of its stream', () => stalled?.ended === true);
  assert.ok((stalled?.generations.get('m0') ?? 0) < 160);
  assert.ok(active.every((reader) => !reader.ended));

  process.kill(api.pid, 'SIGTERM');
  const startedAt = performance.now();
  assert.equal(await api.exitCode, 0);
  t.diagnostic(
    `exited in ${Math.round(performance.now() - startedAt)} ms, with ${active.length} streams open`,
  );
});

/** Resolves when the condition holds for every reader. */
async function waitForAll(readers: readonly Reader[], condition: (reader: Reader) => boolean): Promise<void> {
  const waiting = new Set(readers.filter((reader) => !condition(reader)));
  for (const reader of waiting)
    reader.onDocument = () => {
      if (condition(reader)) waiting.delete(reader);
    };
  await until('all readers', () => waiting.size === 0, { timeoutMs: 120_000 });
}
