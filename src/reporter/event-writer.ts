import { DevMachineError } from '../devmachine/errors.ts';
import { API_VERSION, KIND } from '../devmachine/schema/manifest.ts';
import { SPEC_DIGEST_ANNOTATION } from '../devmachine/status/spec-digest.ts';
import type { Log } from '../kube/cache/log.ts';
import { toDomainError } from '../kube/client/api-errors.ts';
import { createBackoff } from '../kube/client/backoff.ts';
import type { ClusterClient } from '../kube/client/client.ts';
import type { Clock } from '../kube/client/clock.ts';
import { CHANGE_REFUSED } from '../kube/resources/event.ts';
import type { Refusal } from './failed-release.ts';

const FIELD_MANAGER = 'devmachine-reporter';

/**
 * Writes one event per machine, which each refusal replaces. One request at a time, because many machines can fail at once.
 * While the API server is unreachable, it keeps the last refusal of each machine.
 */
export class EventWriter {
  readonly #client: ClusterClient;
  readonly #clock: Clock;
  readonly #log: Log;
  /** By namespace and machine. */
  readonly #pending = new Map<string, Refusal>();
  #wake = Promise.withResolvers<void>();

  constructor(client: ClusterClient, clock: Clock, log: Log) {
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
  }

  write(refusal: Refusal): void {
    this.#pending.set(`${refusal.namespace}/${refusal.machine}`, refusal);
    this.#wake.resolve();
  }

  /** Runs until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    let backoff = createBackoff(this.#clock);
    signal.addEventListener('abort', () => this.#wake.resolve(), { once: true });
    while (!signal.aborted) {
      const [next] = this.#pending;
      if (!next) {
        this.#wake = Promise.withResolvers();
        await this.#wake.promise;
        continue;
      }
      const [key, refusal] = next;
      const { namespace, machine } = refusal;
      this.#pending.delete(key);
      try {
        await this.#apply(refusal, signal);
        this.#log.info({ namespace, machine }, 'reported a refused change');
        backoff = createBackoff(this.#clock);
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ namespace, machine, err: error }, 'a refused change was not reported');
        if (!isTransient(error)) continue;
        if (!this.#pending.has(key)) this.#pending.set(key, refusal);
        await this.#clock.sleep(backoff.next(), signal);
      }
    }
  }

  async #apply(refusal: Refusal, signal: AbortSignal): Promise<void> {
    const body = toEvent(refusal);
    const { namespace, name } = body.metadata;
    const response = await this.#client.request({
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/events/${name}`,
      query: { fieldManager: FIELD_MANAGER, force: 'true' },
      body,
      contentType: 'application/apply-patch+yaml',
      signal,
    });
    if (response.status >= 300) throw toDomainError(response);
  }
}

const TRANSIENT = new Set<string>([
  'cluster-unavailable',
  'cluster-timeout',
  'too-many-requests',
  'conflict',
]);

/** Whether a later attempt can succeed. Otherwise the namespace or a permission is gone. */
const isTransient = (error: unknown): boolean =>
  !(error instanceof DevMachineError) || TRANSIENT.has(error.code);

/** A core/v1 event. Its times are those of the release, so that a repeated report changes nothing. */
function toEvent({ namespace, machine, machineUid, specDigest, words, at }: Refusal) {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      namespace,
      name: `${machine}.change-refused`,
      annotations: { [SPEC_DIGEST_ANNOTATION]: specDigest },
    },
    involvedObject: { apiVersion: API_VERSION, kind: KIND, namespace, name: machine, uid: machineUid },
    type: 'Warning',
    reason: CHANGE_REFUSED,
    message: words,
    firstTimestamp: at,
    lastTimestamp: at,
    reportingComponent: FIELD_MANAGER,
  };
}
