import { DevMachineError } from '../../devmachine/errors.ts';

export interface LimiterOptions {
  /** How many run at once. */
  readonly concurrent: number;
  /** How many more may wait for their turn. */
  readonly queued: number;
  /** How long each waits at most. */
  readonly waitMs: number;
}

/** Lets so many through at once; others wait in line for a while, and are then refused as overloaded. */
export class ConcurrencyLimiter {
  readonly #options: LimiterOptions;
  /** Those in line, in the order in which they came. */
  readonly #line = new Set<() => void>();
  #running = 0;

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#line.size;
  }

  /** Throws overloaded, or the signal's reason where its turn has not come by then. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#running >= this.#options.concurrent) await this.#turn(signal);
    else this.#running++;
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  /** Resolves when somebody has left his place to us. */
  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#line.size >= this.#options.queued) throw overloaded();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (why: unknown) => {
      // At once, so that nobody leaves his place to who is gone.
      this.#line.delete(resolve);
      reject(why);
    };
    const goneAway = () => leave(signal.reason);
    const timer = setTimeout(() => leave(overloaded()), this.#options.waitMs);
    signal.addEventListener('abort', goneAway);
    this.#line.add(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', goneAway);
    }
  }

  #pass(): void {
    const [next] = this.#line;
    if (!next) {
      this.#running--;
      return;
    }
    this.#line.delete(next);
    next();
  }
}

const overloaded = (): DevMachineError =>
  new DevMachineError('overloaded', 'Too many changes are waiting for the cluster. Try again later.', {
    retryAfterSeconds: 5,
  });
