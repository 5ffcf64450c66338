import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../../test/corpus/bodies.ts';
import { applyAs } from '../../test/support/cluster.ts';

/** Updates a machine repeatedly. Measures when a watch, and every reader of the event stream, receives the update. */
interface Input {
  readonly url: string;
  readonly kubeconfig: string;
  readonly readers: number;
  readonly updates: number;
}

const { url, kubeconfig, readers, updates } = JSON.parse(process.argv[2] ?? '') as Input;
const KEY = { namespace: 'events', name: `m-${process.pid}` };
const connection = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs: 30_000 });

/** Latencies, in ms. */
const watchLatencies: number[] = [];
const readerLatencies: number[] = [];
let sentAt = 0;
/** A value of the present update that no other update has. */
let marker = '';
let received = 0;
let onAllReceived = () => {};

const update = async (number: number) => {
  marker = `round-${process.pid}-${number}.example.com`;
  const spec = { ...EXAMPLE_SPEC, ingressDomain: marker };
  const { status, body } = await applyAs(connection, 'devmachine-api', machinePath(KEY), manifest(spec, KEY));
  if (status >= 300) throw new Error(JSON.stringify(body));
};

await update(0);
await openWatch();
for (let index = 0; index < readers; index++) await openReader();
await sleep(500);
// The backend's memory is measured meanwhile.
process.send?.('open');
await once(process, 'message');
for (let number = 1; number <= updates; number++) {
  received = 0;
  const allReceived = new Promise<void>((resolve) => {
    onAllReceived = resolve;
  });
  sentAt = performance.now();
  await Promise.all([update(number), allReceived]);
  await sleep(20);
}
console.log(JSON.stringify({ readers: p99(readerLatencies), watch: p99(watchLatencies) }));
process.exit();

/** Records the latency of each update once. The marker is never split, because a document fits into one chunk. */
function listener(latencies: number[]): (bytes: Buffer) => void {
  let last = '';
  return (bytes) => {
    if (last === marker || bytes.indexOf(marker) < 0) return;
    last = marker;
    latencies.push(performance.now() - sentAt);
    if (++received === readers + 1) onAllReceived();
  };
}

async function openWatch(): Promise<void> {
  const signal = new AbortController().signal;
  const path = machinesPath(KEY.namespace);
  const list = await connection.request({ path, signal });
  const { resourceVersion } = (list.body as { metadata: { resourceVersion: string } }).metadata;
  const { body } = await connection.stream({ path, query: { watch: 'true', resourceVersion }, signal });
  body.on('data', listener(watchLatencies));
}

async function openReader(): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.write(
    `GET /api/v1/devmachines/events?namespace=${KEY.namespace} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.on('data', listener(readerLatencies));
}

function p99(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Number.NaN;
}
