import type { Clock } from '../client/backoff.ts';
import type { ClusterHealth } from './health.ts';

/**
 * Until when one watch is known to have told everything. An open watch tells at once what happens, so while it is open
 * that is the last time at which the watch, or the cluster itself, gave a sign of life:
 *
 *     unknown ──listed──▶ closed ──granted──▶ open (grows with every line, and with the pulse)
 *                           ▲──── ended ────────┘
 *
 * A connection that is dead without either side knowing looks open until its silence is up (see reflector.ts).
 */
export class Freshness {
  readonly #clock: Clock;
  readonly #pulse: Pick<ClusterHealth, 'answeredAt'>;
  /** Undefined while it is closed. */
  #grantedAt: number | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, pulse: Pick<ClusterHealth, 'answeredAt'>) {
    this.#clock = clock;
    this.#pulse = pulse;
  }

  /** A list has come that was asked for at `askedAt`. */
  listed(askedAt: number): void {
    this.#toldAt = askedAt;
  }

  /** The cluster has granted the watch. */
  granted(): void {
    this.#grantedAt = this.#clock.now();
  }

  /** A line has come. */
  told(): void {
    this.#toldAt = this.#clock.now();
  }

  ended(): void {
    this.#toldAt = this.until;
    this.#grantedAt = undefined;
  }

  /** By the clock. */
  get until(): number {
    const { answeredAt } = this.#pulse;
    // What has happened before the grant comes right after it: only who asks later finds it told.
    const confirmed = this.#grantedAt !== undefined && answeredAt > this.#grantedAt;
    return confirmed ? Math.max(this.#toldAt, answeredAt) : this.#toldAt;
  }
}
