import { randomBytes } from 'node:crypto';
import type { StatusUpdate } from '../../devmachine/machines.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { updateFrame } from './frames.ts';

export interface LoggedEvent {
  readonly number: number;
  readonly uid: string;
  readonly key: MachineKey;
  readonly frame: Buffer;
  /** Whether the log has a newer event of the same machine. */
  superseded: boolean;
}

/**
 * The most recent status updates, numbered from 1, each serialised once for all streams. A stream keeps only its position
 * in the log, so memory is bounded by the size of the log however many streams lag behind.
 *
 * An event id is the random name of the log and the number of the event. An id from another replica, or from before a
 * restart, has another name and is never mistaken for one of this log.
 */
export class EventLog {
  readonly #name = randomBytes(9).toString('base64url');
  readonly #events = new Map<number, LoggedEvent>();
  /** The newest event of each machine, by uid. */
  readonly #newest = new Map<string, LoggedEvent>();
  readonly #maxBytes: number;
  #bytes = 0;
  #first = 1;
  #last = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The number of the newest event; 0 if there has been none. */
  get last(): number {
    return this.#last;
  }

  /** Appends an update, and drops the oldest events while the log exceeds its size. The newest event always stays. */
  append(update: StatusUpdate): void {
    const { uid, namespace, name } = update.document;
    const number = ++this.#last;
    const frame = updateFrame(update, this.idOf(number));
    const event = { number, uid, key: { namespace, name }, frame, superseded: false };
    const previous = this.#newest.get(uid);
    if (previous) previous.superseded = true;
    this.#newest.set(uid, event);
    this.#events.set(number, event);
    this.#bytes += frame.length;
    while (this.#bytes > this.#maxBytes && this.#first < number) this.#dropOldest();
  }

  /** undefined if the event has been dropped, or does not exist yet. */
  get(number: number): LoggedEvent | undefined {
    return this.#events.get(number);
  }

  idOf(number: number): string {
    return `${this.#name}.${number}`;
  }

  /** The number of an event id; undefined if the stream cannot resume after it, because the log lacks later events. */
  numberOf(id: string): number | undefined {
    const [, name, digits] = /^([-\w]+)\.(\d{1,15})$/.exec(id) ?? [];
    const number = Number(digits);
    return name === this.#name && number >= this.#first - 1 && number <= this.#last ? number : undefined;
  }

  #dropOldest(): void {
    const event = this.#events.get(this.#first);
    this.#events.delete(this.#first++);
    if (!event) return;
    this.#bytes -= event.frame.length;
    if (!event.superseded) this.#newest.delete(event.uid);
  }
}
