import { DevMachineError } from '../../devmachine/errors.ts';

/** What is open, and ends at once when the process shuts down. */
export interface OpenTerminal {
  /** Resolves when its command has ended. */
  close(): Promise<void>;
}

/** The open terminals of the process, and those that are being opened. One user has at most half of them. */
export class Terminals {
  readonly #max: number;
  readonly #open = new Set<OpenTerminal>();
  readonly #byUser = new Map<string, number>();
  #size = 0;
  #closed = false;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes a place for a user, if the name is known. Throws too-many-terminals. Returns a function that gives it back. */
  reserve(user: string | undefined): () => void {
    const ofUser = user === undefined ? 0 : (this.#byUser.get(user) ?? 0);
    if (this.#closed || this.#size >= this.#max || ofUser >= Math.ceil(this.#max / 2))
      throw new DevMachineError('too-many-terminals', 'Too many terminals are open (MAX_TERMINALS).', {
        retryAfterSeconds: 10,
      });
    this.#count(user, 1);
    return () => this.#count(user, -1);
  }

  add(terminal: OpenTerminal): void {
    this.#open.add(terminal);
    if (this.#closed) void terminal.close();
  }

  delete(terminal: OpenTerminal): void {
    this.#open.delete(terminal);
  }

  /** Ends all terminals, and refuses new ones. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open].map((terminal) => terminal.close()));
  }

  #count(user: string | undefined, difference: 1 | -1): void {
    this.#size += difference;
    if (user === undefined) return;
    const count = (this.#byUser.get(user) ?? 0) + difference;
    if (count > 0) this.#byUser.set(user, count);
    else this.#byUser.delete(user);
  }
}
