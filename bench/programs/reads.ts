import { connect } from 'node:net';

interface Input {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** The machines are named m-0 to m-(machines - 1). */
  readonly machines: number;
  /** The Authorization header; undefined: none. */
  readonly authorization?: string;
}

const input = JSON.parse(process.argv[2] ?? '') as Input;
const { hostname, port } = new URL(input.url);

/** The requests are not cached: tens of thousands of them would fill the CPU cache that both cores share. */
const HEADER = input.authorization ? `Authorization: ${input.authorization}\r\n` : '';
const END = ` HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${HEADER}\r\n`;
const requestOf = (index: number) =>
  `GET /api/v1/devmachines/status?namespace=team-${index % 20}&name=m-${index}${END}`;

/** Latencies in steps of 10 µs, up to a second. */
const histogram = new Uint32Array(100_000);
let responses = 0;
let failures = 0;
let counting = false;

function open(): void {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let sent = 0;
  let missing = 0;
  const send = () => {
    sent = performance.now();
    socket.write(requestOf(Math.floor(Math.random() * input.machines)), 'latin1');
  };
  socket.on('connect', send);
  socket.on('data', (bytes: Buffer) => {
    if (missing === 0) missing = lengthOf(bytes);
    missing -= bytes.length;
    if (missing > 0) return;
    if (counting) {
      responses++;
      const step = Math.floor((performance.now() - sent) * 100);
      const index = Math.min(step, histogram.length - 1);
      histogram[index] = (histogram[index] ?? 0) + 1;
    }
    send();
  });
  socket.on('error', (error) => fail(error.message));
}

/** The length of the whole response. Its head is always in one chunk. */
function lengthOf(bytes: Buffer): number {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('latin1', 0, end);
  if (!head.startsWith('HTTP/1.1 200')) failures++;
  return end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1]);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function percentile(share: number): number {
  let passed = 0;
  const step = histogram.findIndex((count) => {
    passed += count;
    return passed >= responses * share;
  });
  return step / 100;
}

/** Keeps the event loop busy: waking this process would cost the server more CPU time than a response. */
const spin = () => setImmediate(spin);
spin();
for (let index = 0; index < input.connections; index++) open();
setTimeout(() => {
  counting = true;
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  setTimeout(() => {
    const seconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    if (failures > 0) fail(`${failures} requests failed`);
    console.log(
      JSON.stringify({
        perSecond: responses / seconds,
        p50: percentile(0.5),
        p99: percentile(0.99),
        loadBusy: (user + system) / 1e6 / seconds,
      }),
    );
    process.exit();
  }, input.seconds * 1_000);
}, input.warmUpSeconds * 1_000);
