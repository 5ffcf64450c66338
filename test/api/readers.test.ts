import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const READERS = 2_000;
const MACHINES = 10;
const CHANGES = 100;

/** A client of an event stream. It keeps only the last generation of each machine and the number of documents. */
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
    const sent = request(`${url}/api/v1/devmachines/events`, { agent: false }).end();
    t.after(() => sent.destroy());
    sent.on('error', () => undefined);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    readers.push(new Reader(response));
  }
  return readers;
}

const megabytes = (pid: number): number =>
  Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024);

test(`${READERS} clients receive each of ${CHANGES} changes, beside one that does not read`, async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, {
    WATCH_NAMESPACES: namespace,

    HEARTBEAT_SECONDS: '1',
  });
  const names = Array.from({ length: MACHINES }, (_, index) => `m${index}`);
  for (const name of names) assert.equal((await api.create(namespace, name)).status, 201);
  const idle = megabytes(api.pid);

  const opening = performance.now();
  const [stuck] = await openReaders(t, api.url, 1);
  stuck?.response.pause();
  const readers = await openReaders(t, api.url, READERS);
  await settled(readers, (reader) => reader.synced);
  t.diagnostic(`${READERS} streams open and synced in ${Math.round(performance.now() - opening)} ms`);
  const open = megabytes(api.pid);

  const delays: number[] = [];
  for (let count = 0; count < CHANGES; count++) {
    const path = machinePath({ namespace, name: `m${count % MACHINES}` });
    const began = performance.now();
    const all = settled(readers, (reader) => reader.documents === MACHINES + count + 1);
    const reply = await mergePatch(cluster, path, { spec: { cpu: 3 + Math.floor(count / MACHINES) } });
    assert.equal(reply.status, 200);
    await all;
    delays.push(performance.now() - began);
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

  // So far the buffers of the network hold everything for the client that does not read. Now exceed them:
  const quick = readers.splice(0, 20);
  for (const reader of readers) reader.response.destroy();
  for (let count = 1; count <= 150; count++) {
    const all = settled(quick, (reader) => reader.documents === MACHINES + CHANGES + count);
    const env = ['A', 'B', 'C', 'D'].map((name) => ({ name, value: `${count}${'x'.repeat(30_000)}` }));
    const reply = await mergePatch(cluster, machinePath({ namespace, name: 'm0' }), { spec: { env } });
    assert.equal(reply.status, 200, reply.body.message);
    await all;
  }
  t.diagnostic(`memory: ${megabytes(api.pid)} MB after 18 MB of changes that one client does not read`);
  await until('the stuck stream to be dropped', () =>
    api.log.some((line) => line.includes('event stream dropped')),
  );
  stuck?.response.resume();
  await until('the stuck stream to be closed', () => stuck?.ended === true);
  assert.ok((stuck?.generations.get('m0') ?? 0) < 160);
  assert.ok(quick.every((reader) => !reader.ended));

  process.kill(api.pid, 'SIGTERM');
  const began = performance.now();
  assert.equal(await api.exitCode, 0);
  t.diagnostic(`ended in ${Math.round(performance.now() - began)} ms, with ${quick.length} streams open`);
});

/** Resolves when `isSo` holds for every reader. */
async function settled(readers: readonly Reader[], isSo: (reader: Reader) => boolean): Promise<void> {
  const waiting = new Set(readers.filter((reader) => !isSo(reader)));
  for (const reader of waiting)
    reader.onDocument = () => {
      if (isSo(reader)) waiting.delete(reader);
    };
  await until('every reader', () => waiting.size === 0, { timeoutMs: 120_000 });
}
