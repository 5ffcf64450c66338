import { LRUCache } from 'lru-cache';

export interface Review<T> {
  /** undefined: refused. */
  readonly value: T | undefined;
  readonly validForMs: number;
}

interface Kept<T> {
  readonly value: T;
  /** As of performance.now(). */
  readonly until: number;
}

/**
 * Keeps the cluster's answers for as long as they are valid, at most `max` of each kind. Refusals are kept apart, so that
 * many of them, such as of random tokens, displace no valid caller.
 */
export class ReviewCache<T extends object> {
  readonly #valid: LRUCache<string, Kept<T>>;
  readonly #refused: LRUCache<string, number>;
  readonly #asked = new Map<string, Promise<T | undefined>>();

  constructor(max: number) {
    this.#valid = new LRUCache({ max });
    this.#refused = new LRUCache({ max });
  }

  /** The number of answers, refusals among them. */
  get size(): number {
    return this.#valid.size + this.#refused.size;
  }

  /** The answer, if it is known, valid and no refusal. */
  get(key: string): T | undefined {
    const kept = this.#valid.get(key);
    return kept !== undefined && kept.until > performance.now() ? kept.value : undefined;
  }

  /**
   * The answer, from `ask` if it is not known; undefined: refused. Concurrent calls share one question. A question that
   * fails is forgotten.
   */
  async review(key: string, ask: () => Promise<Review<T>>): Promise<T | undefined> {
    const known = this.get(key);
    if (known) return known;
    if ((this.#refused.get(key) ?? 0) > performance.now()) return undefined;
    let asked = this.#asked.get(key);
    if (!asked) {
      asked = this.#ask(key, ask).finally(() => this.#asked.delete(key));
      this.#asked.set(key, asked);
    }
    return asked;
  }

  refuse(key: string, validForMs: number): void {
    this.#valid.delete(key);
    this.#refused.set(key, performance.now() + validForMs);
  }

  async #ask(key: string, ask: () => Promise<Review<T>>): Promise<T | undefined> {
    const { value, validForMs } = await ask();
    if (value === undefined) this.refuse(key, validForMs);
    else this.#valid.set(key, { value, until: performance.now() + validForMs });
    return value;
  }
}
