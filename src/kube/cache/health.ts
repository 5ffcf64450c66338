import { toDomainError } from '../client/api-errors.ts';
import type { Clock } from '../client/backoff.ts';
import type { Connection } from '../client/transport.ts';
import type { Log } from './reflector.ts';
import { compareVersions } from './resource-version.ts';

/**
 * Whether the cluster answers. A quiet watch tells nothing, for minutes, whether the cluster is there or not; so it is
 * asked a small question every other second.
 */
export interface ClusterHealth {
  /** When the latest question that got its answer was asked, by the clock. */
  readonly answeredAt: number;
  /** Nobody answers: what is asked of the cluster now would only wait. */
  readonly away: boolean;
  /** Aborted when a question gets its answer after one that did not; a new one then takes its place. */
  readonly back: AbortSignal;
  /** Aborted when the cluster has gone back in time, to a backup; a new one then takes its place. */
  readonly restored: AbortSignal;
}

export interface HealthCheckOptions {
  readonly connection: Connection;
  /** Something that we may list, such as /apis/…/devmachines. */
  readonly path: string;
  /** The version up to which that is known. A cluster that is itself not so far yet was restored from a backup. */
  readonly version: () => string | undefined;
  readonly onAnswer: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = 2_000;
/** Everybody waits for its return. */
const EVERY_MS_WHILE_AWAY = 500;
const TIMEOUT_MS = 3_000;
/** A single question can get lost while the cluster is well. */
const FAILURES_UNTIL_AWAY = 2;

/** The names of one object, without the objects: its size is about that of the question. */
const QUESTION = {
  query: { limit: '1' },
  accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
};

/** Asks until `signal` is aborted. */
export function startHealthCheck(
  { connection, path, version, onAnswer, clock, log }: HealthCheckOptions,
  signal: AbortSignal,
): ClusterHealth {
  let answeredAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  /** Whether the latest question got no answer, or was refused. */
  let troubled = false;
  const back = new RecurringSignal();
  const restored = new RecurringSignal();
  /** The version that the cluster was found to be behind. */
  let ahead: string | undefined;
  const isAway = () => failures >= FAILURES_UNTIL_AWAY;

  function confirm(askedAt: number, known: string | undefined, found: string): void {
    if (troubled) back.ring();
    troubled = false;
    answeredAt = askedAt;
    onAnswer();
    if (known === undefined || known === ahead || compareVersions(found, known) >= 0) return;
    ahead = known;
    log.warn({ known, resourceVersion: found }, 'the cluster has gone back in time');
    restored.ring();
  }

  async function ask(): Promise<void> {
    const askedAt = clock.now();
    const known = version();
    try {
      const timeout = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const reply = await connection.request({ path, ...QUESTION, signal: timeout });
      // Whoever says no is there as well, unless it is what says that nobody is.
      if (reply.status >= 500) throw toDomainError(reply);
      const found = reply.status === 200 ? (reply.body as ListHead).metadata.resourceVersion : undefined;
      if (isAway()) log.info({}, 'the cluster answers again');
      failures = 0;
      if (found) confirm(askedAt, known, found);
      else troubled = true;
    } catch (error) {
      troubled = true;
      if (!signal.aborted && ++failures === FAILURES_UNTIL_AWAY) {
        log.warn({ err: error }, 'the cluster does not answer');
      }
    }
  }

  async function beat(): Promise<void> {
    while (!signal.aborted) {
      await ask();
      await clock.sleep(isAway() ? EVERY_MS_WHILE_AWAY : EVERY_MS, signal);
    }
  }

  void beat();
  return {
    get answeredAt() {
      return answeredAt;
    },
    get away() {
      return isAway();
    },
    get back() {
      return back.signal;
    },
    get restored() {
      return restored.signal;
    },
  };
}

/** Of a cluster that nobody asks. */
export const UNMONITORED: ClusterHealth = {
  answeredAt: Number.NEGATIVE_INFINITY,
  away: false,
  back: new AbortController().signal,
  restored: new AbortController().signal,
};

interface ListHead {
  readonly metadata: { readonly resourceVersion: string };
}

/** Something that happens again and again; each time the signal of then is aborted. */
class RecurringSignal {
  #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  ring(): void {
    const controller = this.#controller;
    this.#controller = new AbortController();
    controller.abort();
  }
}
