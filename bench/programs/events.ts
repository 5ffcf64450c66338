import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../../test/corpus/bodies.ts';
import { applyAs } from '../../test/support/cluster.ts';

/**
 * Updates a machine repeatedly. Measures when a watch, and every reader of the event stream, receives the update; and when as
 * many readers of a bare server receive as many bytes.
 */
interface Input {
  readonly url: string;
  readonly bareUrl: string;
  readonly kubeconfig: string;
  readonly readers: number;
  readonly updates: number;
}

const { url, bareUrl, kubeconfig, readers, updates } = JSON.parse(process.argv[2] ?? '') as Input;
const KEY = { namespace: 'events', name: `m-${process.pid}` };
const connection = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs: 30_000 });

/** Latencies, in ms. */
const latencies = { readers: [] as number[], watch: [] as number[], bare: [] as number[] };
let sentAt = 0;
/** A value of the present update that no other update has. */
let marker = '';
let expected = 0;
let onAllReceived = () => {};

const update = async () => {
  const spec = { ...EXAMPLE_SPEC, ingressDomain: marker };
  const { status, body } = await applyAs(connection, 'devmachine-api', machinePath(KEY), manifest(spec, KEY));
  if (status >= 300) throw new Error(JSON.stringify(body));
};
/** How long an event of ours is. */
let eventBytes = 0;
const broadcast = () => fetch(bareUrl, { method: 'POST', body: marker.padEnd(eventBytes, ' ') });

/** Sends all updates, each when the one before has been received. */
async function send(one: () => Promise<unknown>, receivers: number): Promise<void> {
  for (let number = 1; number <= updates; number++) {
    expected = receivers;
    marker = `update-${process.pid}-${number}.example.com`;
    const { promise, resolve } = Promise.withResolvers<void>();
    onAllReceived = resolve;
    sentAt = performance.now();
    await Promise.all([one(), promise]);
    await sleep(20);
  }
}

marker = `update-${process.pid}-0.example.com`;
await update();
await openWatch();
const events = `${url}/api/v1/devmachines/events?namespace=${KEY.namespace}`;
const sockets = await openReaders(events, latencies.readers);
await sleep(500);
// The backend's memory is measured meanwhile.
process.send?.('open');
await once(process, 'message');
await send(update, readers + 1);
for (const socket of sockets) socket.destroy();
await openReaders(bareUrl, latencies.bare);
await send(broadcast, readers);
const { readers: ours, watch, bare } = latencies;
console.log(JSON.stringify({ readers: p99(ours), watch: p99(watch), bare: p99(bare) }));
process.exit();

/** Records the latency of each update once. The marker is never split, because a document fits into one chunk. */
function listener(times: number[]): (bytes: Buffer) => void {
  let last = '';
  return (bytes) => {
    if (last === marker || bytes.indexOf(marker) < 0) return;
    last = marker;
    if (times === latencies.readers) eventBytes = bytes.length;
    times.push(performance.now() - sentAt);
    if (--expected === 0) onAllReceived();
  };
}

async function openWatch(): Promise<void> {
  const signal = new AbortController().signal;
  const path = machinesPath(KEY.namespace);
  const list = await connection.request({ path, signal });
  const { resourceVersion } = (list.body as { metadata: { resourceVersion: string } }).metadata;
  const { body } = await connection.stream({ path, query: { watch: 'true', resourceVersion }, signal });
  body.on('data', listener(latencies.watch));
}

async function openReaders(from: string, times: number[]): Promise<Socket[]> {
  const { hostname, port, pathname, search } = new URL(from);
  const opened: Socket[] = [];
  for (let index = 0; index < readers; index++) {
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    await once(socket, 'data');
    socket.on('data', listener(times));
    opened.push(socket);
  }
  return opened;
}

function p99(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Number.NaN;
}
