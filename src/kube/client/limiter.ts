import { DevMachineError } from '../../devmachine/errors.ts';

export interface LimiterOptions {
  /** How many tasks run at once. */
  readonly concurrent: number;
  /** How many more may wait. */
  readonly queued: number;
  /** How long a task waits at most, in ms. */
  readonly waitMs: number;
}

/** A concurrency limiter: tasks over the limit wait in a queue, first in, first out, and are refused after a while. */
export class ConcurrencyLimiter {
  readonly #options: LimiterOptions;
  readonly #queue = new Set<() => void>();
  #running = 0;

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Throws overloaded, or the reason of `signal` if it is aborted before the task starts. */
  async run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#running >= this.#options.concurrent) await this.#waitForSlot(signal);
    else this.#running++;
    try {
      return await task();
    } finally {
      this.#releaseSlot();
    }
  }

  async #waitForSlot(signal: AbortSignal): Promise<void> {
    if (this.#queue.size >= this.#options.queued) throw overloaded();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (reason: unknown) => {
      // Synchronously, so that no slot is handed to a task that has left.
      this.#queue.delete(resolve);
      reject(reason);
    };
    const onAbort = () => leave(signal.reason);
    const timer = setTimeout(() => leave(overloaded()), this.#options.waitMs);
    signal.addEventListener('abort', onAbort);
    this.#queue.add(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #releaseSlot(): void {
    const [next] = this.#queue;
    if (!next) {
      this.#running--;
      return;
    }
    this.#queue.delete(next);
    next();
  }
}

const overloaded = (): DevMachineError =>
  new DevMachineError('overloaded', 'Too many requests are waiting for the cluster. Try again later.', {
    retryAfterSeconds: 5,
  });
