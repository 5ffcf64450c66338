export interface Delta<T> {
  readonly type: 'added' | 'modified' | 'deleted';
  /** The present object; for `deleted`, its last known state. */
  readonly item: T;
  /** For `modified` and `deleted`, the item that the store held until now. */
  readonly previous: T | undefined;
}

export type Listener<T> = (change: Delta<T>) => void;

/** Whoever is told of each delta of a store. */
export class Listeners<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly #onError: (error: unknown) => void;

  /** `onError` is called with what a listener throws. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Returns a function that removes the listener. */
  add(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(delta: Delta<T>): void {
    for (const listener of [...this.#listeners]) {
      try {
        if (this.#listeners.has(listener)) listener(delta);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
