import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../../test/corpus/bodies.ts';
import { applyAs } from '../../test/support/cluster.ts';

/** Changes a machine again and again; says when a watch, and every reader of the event stream, has heard of it. */
interface Input {
  readonly url: string;
  readonly kubeconfig: string;
  readonly readers: number;
  readonly changes: number;
}

const { url, kubeconfig, readers, changes } = JSON.parse(process.argv[2] ?? '') as Input;
const KEY = { namespace: 'events', name: `m-${process.pid}` };
const connection = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs: 30_000 });

const watched: number[] = [];
const read: number[] = [];
let began = 0;
/** What tells the present change from all others, in the documents of either. */
let mark = '';
let heard = 0;
let onHeard = () => {};

const change = async (number: number) => {
  mark = `round-${process.pid}-${number}.example.com`;
  const spec = { ...EXAMPLE_SPEC, ingressDomain: mark };
  const reply = await applyAs(connection, 'devmachine-api', machinePath(KEY), manifest(spec, KEY));
  if (reply.status >= 300) throw new Error(JSON.stringify(reply.body));
};

await change(0);
await openWatch();
for (let index = 0; index < readers; index++) await openReader();
await sleep(500);
for (let number = 1; number <= changes; number++) {
  heard = 0;
  const all = new Promise<void>((resolve) => {
    onHeard = resolve;
  });
  began = performance.now();
  await Promise.all([change(number), all]);
  await sleep(20);
}
console.log(JSON.stringify({ readers: p99(read), watch: p99(watched) }));
process.exit();

/** Each hears of a change once: its document is far smaller than what comes in one piece. */
function listener(latencies: number[]): (bytes: Buffer) => void {
  let last = '';
  return (bytes) => {
    if (last === mark || bytes.indexOf(mark) < 0) return;
    last = mark;
    latencies.push(performance.now() - began);
    if (++heard === readers + 1) onHeard();
  };
}

async function openWatch(): Promise<void> {
  const signal = new AbortController().signal;
  const path = machinesPath(KEY.namespace);
  const list = await connection.request({ path, signal });
  const { resourceVersion } = (list.body as { metadata: { resourceVersion: string } }).metadata;
  const { body } = await connection.stream({ path, query: { watch: 'true', resourceVersion }, signal });
  body.on('data', listener(watched));
}

async function openReader(): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.write(
    `GET /api/v1/devmachines/events?namespace=${KEY.namespace} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.on('data', listener(read));
}

function p99(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Number.NaN;
}
