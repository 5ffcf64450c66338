import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DevMachineError } from '../../devmachine/errors.ts';
import type { Machines } from '../../devmachine/machines.ts';
import { FRESH_MS, staleSince } from '../responses/document.ts';
import { EventLog } from './event-log.ts';
import { EventStream, type StreamStart } from './stream.ts';

export interface EventHubOptions {
  readonly machines: Machines;
  readonly maxReaders: number;
  readonly heartbeatMs: number;
  readonly historyBytes: number;
}

/** Which machines a stream tells of. */
export interface Scope {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** How long a stream may take to end, when all do, before it is cut off. */
const END_MS = 1_000;

/** All event streams of the process: one subscription, one log and one timer for all of them. */
export class EventHub {
  readonly #options: EventHubOptions;
  readonly #log: EventLog;
  readonly #readers = new Set<EventStream>();
  #unsubscribe: (() => void) | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #sending: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(options: EventHubOptions) {
    this.#options = options;
    this.#log = new EventLog(options.historyBytes);
  }

  get size(): number {
    return this.#readers.size;
  }

  /** Where a stream begins whose client has seen everything up to `lastId`. Throws what is to be answered instead. */
  begin({ namespace, name }: Scope, lastId: string | undefined): StreamStart {
    if (this.#closed || this.#readers.size >= this.#options.maxReaders) {
      throw new DevMachineError('too-many-readers', 'Too many event streams are open. Try again later.', {
        retryAfterSeconds: 10,
      });
    }
    this.#unsubscribe ??= this.#options.machines.subscribe((change) => {
      this.#log.append(change);
      // What comes together goes out together: one pass over all readers, one write to each connection.
      this.#sending ??= setImmediate(() => this.#send());
    });
    const documents = this.#options.machines.list(namespace);
    const after = lastId === undefined ? undefined : this.#log.numberOf(lastId);
    if (after !== undefined) return { snapshot: undefined, reset: false, after };
    const snapshot = name === undefined ? documents : documents.filter((document) => document.name === name);
    return { snapshot, reset: lastId !== undefined, after: this.#log.last };
  }

  /** Streams to `response`, the head of which has been written, until it is closed; in the same turn as `begin`. */
  add(response: ServerResponse, scope: Scope, beginning: StreamStart, onDrop: (why: string) => void): void {
    const covers = (key: Scope) =>
      (scope.namespace === undefined || scope.namespace === key.namespace) &&
      (scope.name === undefined || scope.name === key.name);
    const reader = new EventStream(response, this.#log, beginning, covers, onDrop);
    this.#readers.add(reader);
    response.once('close', () => this.#remove(reader));
    this.#heartbeat ??= setInterval(() => this.#beat(), this.#options.heartbeatMs);
    reader.send();
  }

  /** Ends all streams; those that do not take in their end are cut off. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe?.();
    clearImmediate(this.#sending);
    for (const reader of this.#readers) reader.end();
    for (let waited = 0; this.#readers.size > 0 && waited < END_MS; waited += 20) await sleep(20);
    for (const reader of this.#readers) reader.destroy();
  }

  #send(): void {
    this.#sending = undefined;
    for (const reader of this.#readers) reader.send();
  }

  #beat(): void {
    const ageMs = this.#options.machines.ageMs(undefined);
    const since = ageMs > FRESH_MS ? staleSince(ageMs) : undefined;
    for (const reader of this.#readers) reader.beat(2 * this.#options.heartbeatMs, since);
  }

  #remove(reader: EventStream): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
