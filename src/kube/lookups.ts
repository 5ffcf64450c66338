import type { MachineKey } from '../devmachine/schema/manifest.ts';
import type { Call, Work } from './calls.ts';

interface Lookup<T> {
  readonly result: Promise<T>;
  /** Ends the look-up when nobody waits for it any more. */
  readonly abandon: AbortController;
  waiting: number;
}

/**
 * Reads of objects that the cache does not know. A caller joins a look-up of the same object that has not been sent yet, so
 * that any number of callers costs few requests. It never joins one that was sent before, whose answer may be older than a
 * write that the caller knows of.
 */
export class Lookups<T> {
  readonly #call: Call;
  readonly #queued = new Map<string, Lookup<T>>();

  /** `call` waits for a slot before it sends. */
  constructor(call: Call) {
    this.#call = call;
  }

  /** The signal of `read` is aborted when all callers have left. Rejects with the reason of `signal`. */
  async get(key: MachineKey, signal: AbortSignal, read: Work<T>): Promise<T> {
    const id = `${key.namespace}/${key.name}`;
    const lookup = this.#queued.get(id) ?? this.#start(id, read);
    const left = Promise.withResolvers<never>();
    const onAbort = () => left.reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    lookup.waiting++;
    try {
      signal.throwIfAborted();
      return await Promise.race([lookup.result, left.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (--lookup.waiting === 0) this.#abandon(id, lookup);
    }
  }

  #start(id: string, read: Work<T>): Lookup<T> {
    const abandon = new AbortController();
    const { promise, resolve } = Promise.withResolvers<T>();
    const lookup = { result: promise, abandon, waiting: 0 };
    this.#queued.set(id, lookup);
    const send: Work<T> = (client, within) => {
      this.#forget(id, lookup);
      return read(client, within);
    };
    resolve(this.#call(abandon.signal, send));
    // Everybody may have left.
    promise.catch(() => undefined);
    return lookup;
  }

  #abandon(id: string, lookup: Lookup<T>): void {
    this.#forget(id, lookup);
    lookup.abandon.abort(new Error('nobody waits for the look-up any more'));
  }

  #forget(id: string, lookup: Lookup<T>): void {
    if (this.#queued.get(id) === lookup) this.#queued.delete(id);
  }
}
