import { addAbortSignal, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Delta, Store, type Stored } from '../../../src/kube/cache/store.ts';
import type { Clock } from '../../../src/kube/client/clock.ts';
import type {
  KubeClient,
  KubeRequest,
  KubeResponse,
  KubeStream,
} from '../../../src/kube/client/transport.ts';

export const item = (name: string, uid: string, version: number | string): Stored => ({
  namespace: 'ns',
  name,
  uid,
  resourceVersion: String(version),
});

/** An object as the API server sends it; `transform` makes an item of it. */
export const object = (name: string, uid: string, version: number | string) => ({
  metadata: item(name, uid, version),
});

export const transform = (value: unknown): Stored => (value as ReturnType<typeof object>).metadata;

const told = ({ name, uid, resourceVersion }: Stored): string => `${name} ${uid} ${resourceVersion}`;

/** What a store holds, in one line for each item. */
export const contents = (store: Store<Stored>): string[] => [...store.values()].map(told).sort();

/** Records every change of a store, in one line each. */
export function record(store: Store<Stored>): string[] {
  const changes: string[] = [];
  store.subscribe((change: Delta<Stored>) => changes.push(`${change.type} ${told(change.item)}`));
  return changes;
}

export const newStore = (): Store<Stored> =>
  new Store((error) => {
    throw error;
  });

/** Time that passes only by sleeping, or when the test says so. */
export class TestClock implements Clock {
  time = 0;
  fraction = 0.5;
  readonly waits: number[] = [];

  now(): number {
    return this.time;
  }

  async sleep(ms: number, _signal: AbortSignal): Promise<void> {
    this.waits.push(ms);
    this.time += ms;
    await setImmediate();
  }

  random(): number {
    return this.fraction;
  }
}

export const response = (status: number, body: unknown, headers = {}): KubeResponse => ({
  status,
  headers,
  body,
});

export const failure = (status: number, headers = {}, details = {}): KubeResponse =>
  response(status, { kind: 'Status', code: status, message: `answered ${status}`, ...details }, headers);

export const list = (version: number | string, ...items: object[]): KubeResponse =>
  response(200, { metadata: { resourceVersion: String(version) }, items });

export const event = (type: string, value: object): string => `${JSON.stringify({ type, object: value })}\n`;

export const bookmark = (version: number | string): string =>
  event('BOOKMARK', { metadata: { resourceVersion: String(version) } });

/** A watch that says these lines and ends. */
export const ended = (...lines: string[]): KubeStream => stream(200, {}, Readable.from(lines.map(bytes)));

/** A watch that says these lines and stays open. */
export function open(...lines: string[]): KubeStream {
  const body = new Readable({ read() {} });
  for (const line of lines) body.push(line);
  return stream(200, {}, body);
}

/** A watch that says these lines, and then its client breaks with `error`. */
export function broken(error: Error, ...lines: string[]): KubeStream {
  async function* chunks() {
    for (const line of lines) yield bytes(line);
    throw error;
  }
  return stream(200, {}, Readable.from(chunks()));
}

/** A watch that is refused. */
export const refused = ({ status, headers, body }: KubeResponse): KubeStream =>
  stream(status, headers, Readable.from([bytes(JSON.stringify(body))]));

const bytes = (text: string): Buffer => Buffer.from(text);

const stream = (status: number, headers: KubeResponse['headers'], body: Readable): KubeStream => ({
  status,
  headers,
  body,
});

type Answer<Kind> = Kind | Error | (() => Kind);
export type Step = { readonly list: Answer<KubeResponse> } | { readonly watch: Answer<KubeStream> };

/** A client that answers by a script, and not at all after its last step. */
export interface Scripted extends KubeClient {
  readonly requests: KubeRequest[];
  /** Resolves when something is asked after the last step; rejects when what is asked is not what the script has. */
  readonly finished: Promise<void>;
}

export function scripted(...steps: Step[]): Scripted {
  const requests: KubeRequest[] = [];
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  finished.catch(() => undefined);

  async function take<Kind>(kind: 'list' | 'watch', request: KubeRequest): Promise<Kind> {
    request.signal.throwIfAborted();
    requests.push(request);
    const step = steps.shift() as Record<string, Answer<Kind>> | undefined;
    const answer = step?.[kind];
    if (answer instanceof Error) throw answer;
    if (answer !== undefined) return answer instanceof Function ? answer() : answer;
    if (step) reject(new Error(`request ${requests.length} is a ${kind}`));
    else resolve();
    return new Promise((_, end) => {
      request.signal.addEventListener('abort', () => end(request.signal.reason), { once: true });
    });
  }

  return {
    requests,
    finished,
    request: (request) => take<KubeResponse>('list', request),
    async stream(request) {
      const answer = await take<KubeStream>('watch', request);
      addAbortSignal(request.signal, answer.body);
      return answer;
    },
  };
}
