import type { Clock } from '../client/clock.ts';
import type { ClusterHealth } from './health.ts';

/**
 * Until when one watch is known to have reported every event. An open watch reports events at once, so while it is open
 * that is the time of the last event of the watch, or of the last successful health check:
 *
 *     unknown ──listed──▶ closed ──opened──▶ open (advances with every event and health check)
 *                           ▲──── closed ──────┘
 *
 * A half-open connection passes for an open watch until the reflector's silence timeout replaces it.
 */
export class Freshness {
  readonly #clock: Clock;
  readonly #health: Pick<ClusterHealth, 'answeredAt'>;
  /** Undefined while the watch is closed. */
  #openedAt: number | undefined;
  #knownUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, health: Pick<ClusterHealth, 'answeredAt'>) {
    this.#clock = clock;
    this.#health = health;
  }

  /** A list arrived that was requested at `requestedAt`. */
  listed(requestedAt: number): void {
    this.#knownUntil = requestedAt;
  }

  /** The API server accepted the watch. */
  opened(): void {
    this.#openedAt = this.#clock.now();
  }

  /** The watch sent an event. */
  received(): void {
    this.#knownUntil = this.#clock.now();
  }

  closed(): void {
    this.#knownUntil = this.until;
    this.#openedAt = undefined;
  }

  /** In ms of the clock. */
  get until(): number {
    const { answeredAt } = this.#health;
    // Events from before the watch opened follow right after it: only a later check proves that they have arrived.
    const confirmed = this.#openedAt !== undefined && answeredAt > this.#openedAt;
    return confirmed ? Math.max(this.#knownUntil, answeredAt) : this.#knownUntil;
  }
}
