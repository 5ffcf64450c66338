import { toDomainError } from '../client/api-errors.ts';
import type { Clock } from '../client/clock.ts';
import type { RequestClient } from '../client/transport.ts';
import type { Log } from './log.ts';
import { compareVersions } from './resource-version.ts';

/**
 * Whether the API server answers. A quiet watch sends nothing for minutes, so its silence does not tell a quiet cluster
 * from an unreachable one: a small list request every two seconds does.
 */
export interface ClusterHealth {
  /** When the latest check that succeeded was sent, in ms of the clock. */
  readonly answeredAt: number;
  /** Several checks in a row have failed: any other request would only wait. */
  readonly unreachable: boolean;
  /** Aborted when a check succeeds after a failed one; a new signal then replaces it. */
  readonly reconnected: AbortSignal;
  /** Aborted when the cluster was restored from a backup; a new signal then replaces it. */
  readonly restored: AbortSignal;
}

export interface HealthCheckOptions {
  readonly client: RequestClient;
  /** The collections to choose from, such as /apis/…/devmachines: one that this service may list is enough. */
  readonly paths: readonly string[];
  /** The newest version of that collection in the cache. A cluster behind it was restored from a backup. */
  readonly version: () => string | undefined;
  /** Called after each check that succeeded. */
  readonly onAnswer: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

const INTERVAL_MS = 2_000;
/** Shorter, because everybody waits for the API server to return. */
const UNREACHABLE_INTERVAL_MS = 500;
const TIMEOUT_MS = 3_000;
/** A single check may fail although the cluster is healthy. */
const FAILURES_UNTIL_UNREACHABLE = 2;

/** The metadata of one object: request and response are about the same size. */
const CHECK = {
  query: { limit: '1' },
  accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  timeoutMs: TIMEOUT_MS,
};

/** Checks until `signal` is aborted. */
export function startHealthChecks(
  { client, paths, version, onAnswer, clock, log }: HealthCheckOptions,
  signal: AbortSignal,
): ClusterHealth {
  let answeredAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let lastFailed = false;
  const reconnected = new RecurringSignal();
  const restored = new RecurringSignal();
  /** The cached version for which `restored` was last raised. */
  let reportedVersion: string | undefined;
  /** The index of the path that is asked. */
  let current = 0;
  const isUnreachable = () => failures >= FAILURES_UNTIL_UNREACHABLE;

  function succeed(sentAt: number, cached: string | undefined, found: string): void {
    if (lastFailed) reconnected.raise();
    lastFailed = false;
    answeredAt = sentAt;
    onAnswer();
    if (cached === undefined || cached === reportedVersion || compareVersions(found, cached) >= 0) return;
    reportedVersion = cached;
    log.warn(
      { known: cached, resourceVersion: found },
      "the cluster's resourceVersion went backwards (restored from a backup?)",
    );
    restored.raise();
  }

  /** The version of the collection at `path`; undefined if it is refused, which is an answer, too. */
  async function versionAt(path: string): Promise<string | undefined> {
    const response = await client.request({ path, ...CHECK, signal });
    // A proxy that cannot reach the API server.
    if (response.status >= 500) throw toDomainError(response);
    if (isUnreachable()) log.info({}, 'the cluster is reachable again');
    failures = 0;
    return response.status === 200 ? (response.body as List).metadata.resourceVersion : undefined;
  }

  async function check(): Promise<void> {
    const sentAt = clock.now();
    const cached = version();
    try {
      for (const _ of paths) {
        const found = await versionAt(paths[current] ?? '');
        if (found) return succeed(sentAt, cached, found);
        // The namespace may be gone, or the right to list in it.
        current = (current + 1) % paths.length;
      }
      lastFailed = true;
    } catch (error) {
      lastFailed = true;
      if (!signal.aborted && ++failures === FAILURES_UNTIL_UNREACHABLE) {
        log.warn({ err: error }, 'the cluster is unreachable');
      }
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await check();
      await clock.sleep(isUnreachable() ? UNREACHABLE_INTERVAL_MS : INTERVAL_MS, signal);
    }
  }

  void run();
  return {
    get answeredAt() {
      return answeredAt;
    },
    get unreachable() {
      return isUnreachable();
    },
    get reconnected() {
      return reconnected.signal;
    },
    get restored() {
      return restored.signal;
    },
  };
}

/** For a reflector without health checks. */
export const UNMONITORED: ClusterHealth = {
  answeredAt: Number.NEGATIVE_INFINITY,
  unreachable: false,
  reconnected: new AbortController().signal,
  restored: new AbortController().signal,
};

interface List {
  readonly metadata: { readonly resourceVersion: string };
}

/** An event that occurs many times: each occurrence aborts the present signal and replaces it. */
class RecurringSignal {
  #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  raise(): void {
    const controller = this.#controller;
    this.#controller = new AbortController();
    controller.abort();
  }
}
