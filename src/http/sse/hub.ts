import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { DevMachineError } from '../../devmachine/errors.ts';
import type { Machines } from '../../devmachine/machines.ts';
import { FRESH_MS, staleSince } from '../responses/staleness.ts';
import { EventLog } from './event-log.ts';
import { EventStream, type StreamStart } from './stream.ts';

export interface EventHubOptions {
  readonly machines: Machines;
  readonly maxStreams: number;
  readonly heartbeatMs: number;
  /** The size of the event log, from which streams resume. */
  readonly historyBytes: number;
}

/** The machines that a stream is about; undefined does not restrict it. */
export interface Scope {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** How long a stream may take to flush on shutdown before its connection is destroyed. */
const CLOSE_TIMEOUT_MS = 1_000;
const CLOSE_POLL_MS = 20;

/** How many streams are written to in one turn of the event loop. */
export const STREAMS_PER_TURN = 250;

/** All event streams of the process. They share one subscription, one event log and one heartbeat timer. */
export class EventHub {
  readonly #options: EventHubOptions;
  readonly #log: EventLog;
  readonly #streams = new Set<EventStream>();
  #unsubscribe: (() => void) | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #sending = false;
  /** The last pass over the streams: they follow one another. */
  #pass = Promise.resolve();
  #closed = false;

  constructor(options: EventHubOptions) {
    this.#options = options;
    this.#log = new EventLog(options.historyBytes);
  }

  /** How many streams are open. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * Where a stream starts: after `lastEventId` if the log still has everything since then, else with a snapshot. Throws
   * too-many-readers, or the error that the cache gives while it is not readable.
   */
  start({ namespace, name }: Scope, lastEventId: string | undefined): StreamStart {
    if (this.#closed || this.#streams.size >= this.#options.maxStreams) {
      throw new DevMachineError('too-many-readers', 'Too many event streams are open. Retry later.', {
        retryAfterSeconds: 10,
      });
    }
    this.#unsubscribe ??= this.#options.machines.subscribe((update) => {
      this.#log.append(update);
      if (!this.#sending) void this.#sendAll();
    });
    this.#options.machines.checkReadable(namespace);
    const after = lastEventId === undefined ? undefined : this.#log.numberOf(lastEventId);
    if (after !== undefined) return { snapshot: undefined, reset: false, after };
    const documents = this.#options.machines.list(namespace);
    const snapshot = name === undefined ? documents : documents.filter((document) => document.name === name);
    return { snapshot, reset: lastEventId !== undefined, after: this.#log.last };
  }

  /**
   * Streams to `response`, whose head has been written, until it is closed. Call it synchronously after `start`, so that no
   * update is missed in between. `onDrop` receives the reason if the stream is disconnected because it is too slow.
   */
  add(response: ServerResponse, scope: Scope, start: StreamStart, onDrop: (why: string) => void): void {
    const matches = (key: Scope) =>
      (scope.namespace === undefined || scope.namespace === key.namespace) &&
      (scope.name === undefined || scope.name === key.name);
    const stream = new EventStream(response, this.#log, start, matches, onDrop);
    this.#streams.add(stream);
    response.once('close', () => this.#remove(stream));
    this.#heartbeat ??= setTimeout(() => void this.#sendHeartbeats(), this.#options.heartbeatMs);
    stream.send();
  }

  /** Ends all streams, and refuses new ones. Connections that are still open after `CLOSE_TIMEOUT_MS` are destroyed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe?.();
    for (const stream of this.#streams) stream.end();
    for (let waited = 0; this.#streams.size > 0 && waited < CLOSE_TIMEOUT_MS; waited += CLOSE_POLL_MS) {
      await sleep(CLOSE_POLL_MS);
    }
    for (const stream of this.#streams) stream.destroy();
  }

  /** Updates of the same turn are sent together: one pass over the streams, one write to each. */
  async #sendAll(): Promise<void> {
    this.#sending = true;
    await setImmediate();
    let sent: number;
    do {
      sent = this.#log.last;
      await this.#forEachStream((stream) => stream.send());
    } while (sent < this.#log.last);
    this.#sending = false;
  }

  async #sendHeartbeats(): Promise<void> {
    const { machines, heartbeatMs } = this.#options;
    const ageMs = machines.ageMs(undefined);
    const since = ageMs > FRESH_MS ? staleSince(ageMs) : undefined;
    const heartbeat = { staleSince: since, stallTimeoutMs: 2 * heartbeatMs };
    await this.#forEachStream((stream) => stream.sendHeartbeat(heartbeat));
    this.#heartbeat?.refresh();
  }

  #forEachStream(visit: (stream: EventStream) => void): Promise<void> {
    this.#pass = this.#pass.then(() => this.#visitAll(visit));
    return this.#pass;
  }

  /** Over turns of the event loop: a write takes 10 µs and more. */
  async #visitAll(visit: (stream: EventStream) => void): Promise<void> {
    let visited = 0;
    for (const stream of this.#streams) {
      visit(stream);
      if (++visited % STREAMS_PER_TURN === 0) await setImmediate();
    }
  }

  #remove(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearTimeout(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
