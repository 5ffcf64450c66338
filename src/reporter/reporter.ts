import { UNMONITORED } from '../kube/cache/health.ts';
import { Informer } from '../kube/cache/informer.ts';
import type { Log } from '../kube/cache/log.ts';
import type { ClusterClient } from '../kube/client/client.ts';
import { systemClock } from '../kube/client/clock.ts';
import { EventWriter } from './event-writer.ts';
import { type FailedRelease, toFailedRelease } from './failed-release.ts';

export interface ReporterOptions {
  readonly client: ClusterClient;
  /** Namespaces to watch; empty: the whole cluster. */
  readonly namespaces: readonly string[];
  readonly log: Log;
}

/**
 * Only failed releases: the history of all Helm releases in the cluster can be large. After a failed rollback, Helm marks
 * the release that failed first as superseded, but the watch has seen it by then.
 */
const RELEASES = {
  path: (namespace: string | undefined) =>
    namespace ? `/api/v1/namespaces/${namespace}/secrets` : '/api/v1/secrets',
  selectors: { labelSelector: 'owner=helm,status=failed', fieldSelector: 'type=helm.sh/release.v1' },
  transform: toFailedRelease,
};

/**
 * Writes an event on a machine whenever a release of it fails, until `signal` is aborted. Only a watch sees the failed
 * release, because the operator deletes it when it tries again:
 *
 *     release Secret ──informer──▶ FailedRelease (the words, without Secrets) ──EventWriter──▶ event on the DevMachine
 */
export async function runReporter(
  { client, namespaces, log }: ReporterOptions,
  signal: AbortSignal,
): Promise<void> {
  const writer = new EventWriter(client, systemClock, log);
  const scopes = namespaces.length > 0 ? [...new Set(namespaces)] : [undefined];
  const context = { client, health: UNMONITORED, clock: systemClock, log };
  const informers = scopes.map((scope) => new Informer<FailedRelease>(RELEASES, scope, context));
  for (const { store } of informers)
    store.subscribe(({ type, item }) => {
      if (type !== 'deleted' && item.refusal) writer.write(item.refusal);
    });
  await Promise.all([...informers.map((informer) => informer.run(signal)), writer.run(signal)]);
}
