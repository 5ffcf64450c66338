import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Requests a path at a fixed rate. Latencies count from when a request was due, so that a stall delays all that follow. */
interface Input {
  readonly url: string;
  readonly path: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly connections: number;
}

const { url, path, perSecond, seconds, connections } = JSON.parse(process.argv[2] ?? '') as Input;
const { hostname, port } = new URL(url);
const REQUEST = `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`;
const latencies: number[] = [];
const due: number[] = [];
const idle: (() => void)[] = [];

function open(): void {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let missing = 0;
  let dueAt = 0;
  const next = () => {
    const first = due.shift();
    if (first === undefined) return void idle.push(next);
    dueAt = first;
    socket.write(REQUEST);
  };
  socket.on('connect', next);
  socket.on('data', (chunk: Buffer) => {
    if (missing === 0) missing = lengthOf(chunk);
    missing -= chunk.length;
    if (missing > 0) return;
    latencies.push(performance.now() - dueAt);
    next();
  });
  socket.on('error', (error) => {
    throw error;
  });
}

/** The length of the whole response. Its head is always in one chunk. */
function lengthOf(chunk: Buffer): number {
  const end = chunk.indexOf('\r\n\r\n');
  const head = chunk.toString('latin1', 0, end);
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(head);
  return end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1]);
}

for (let index = 0; index < connections; index++) open();
await sleep(200);
const startedAt = performance.now();
const total = perSecond * seconds;
for (let sent = 0; sent < total; ) {
  const until = ((performance.now() - startedAt) / 1_000) * perSecond;
  for (; sent < Math.min(until, total); sent++) {
    due.push(startedAt + (1_000 * sent) / perSecond);
    idle.pop()?.();
  }
  await sleep(1);
}
while (latencies.length < total) await sleep(1);
latencies.sort((one, other) => one - other);
console.log(JSON.stringify({ p99: latencies[Math.ceil(0.99 * total) - 1] }));
process.exit();
