import { randomBytes } from 'node:crypto';
import type { StatusUpdate } from '../../devmachine/machines.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { changeFrame } from './frames.ts';

export interface LoggedEvent {
  readonly number: number;
  readonly uid: string;
  readonly key: MachineKey;
  readonly frame: Buffer;
  /** A newer event of the same machine is in the log. */
  superseded: boolean;
}

/**
 * The last changes, numbered in the order in which they came, each as the bytes that all readers share. Readers keep a
 * place in it, not what they have yet to be sent: however many lag, the log's size bounds the memory.
 *
 * The id of an event is the log's own name and the event's number. Another replica, or this one after a restart, does
 * not know the name, and so never takes the number for one of its own.
 */
export class EventLog {
  readonly #name = randomBytes(9).toString('base64url');
  readonly #events = new Map<number, LoggedEvent>();
  /** The newest event of each machine, by uid. */
  readonly #newest = new Map<string, LoggedEvent>();
  readonly #mostBytes: number;
  #bytes = 0;
  #first = 1;
  #last = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The number of the newest event. */
  get last(): number {
    return this.#last;
  }

  append(change: StatusUpdate): void {
    const { uid, namespace, name } = change.document;
    const number = ++this.#last;
    const frame = changeFrame(change, this.idOf(number));
    const event = { number, uid, key: { namespace, name }, frame, superseded: false };
    const before = this.#newest.get(uid);
    if (before) before.superseded = true;
    this.#newest.set(uid, event);
    this.#events.set(number, event);
    this.#bytes += frame.length;
    while (this.#bytes > this.#mostBytes && this.#first < number) this.#dropOldest();
  }

  /** undefined: there is none, or it is kept no longer. */
  get(number: number): LoggedEvent | undefined {
    return this.#events.get(number);
  }

  idOf(number: number): string {
    return `${this.#name}.${number}`;
  }

  /** The number of `id`, if everything that came after it is still here. */
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
