import type { Metric } from '../devmachine/metric.ts';
import type { ClusterClient } from './client/client.ts';
import type { MachineCache } from './status/machine-cache.ts';
import type { Writes } from './writes.ts';

/** What an operator watches of the cluster's side; docs/operations.md explains each metric. */
export const metricsOf = (
  clients: readonly Pick<ClusterClient, 'retries'>[],
  cache: MachineCache,
  { limiter: writes }: Writes,
): Metric[] => [
  {
    type: 'gauge',
    name: 'devmachine_cache_age_seconds',
    help: 'Maximum age of answers from the cache.',
    value: () => (cache.synced() ? cache.ageMs(undefined) / 1_000 : Number.NaN),
  },
  {
    type: 'gauge',
    name: 'devmachine_cached_dependents',
    help: 'Objects in the cache that machines consist of, by kind.',
    label: 'kind',
    value: () => cache.dependentSizes(),
  },
  {
    type: 'gauge',
    name: 'devmachine_cluster_away',
    help: '1 while the cluster is unreachable.',
    value: () => Number(cache.unreachable()),
  },
  {
    type: 'gauge',
    name: 'devmachine_writes_running',
    help: 'Writes in flight to the cluster.',
    value: () => writes.running,
  },
  {
    type: 'gauge',
    name: 'devmachine_writes_waiting',
    help: 'Writes that wait for a slot.',
    value: () => writes.waiting,
  },
  {
    type: 'counter',
    name: 'devmachine_cluster_retries_total',
    help: 'Requests to the cluster that were retries.',
    value: () => clients.reduce((sum, client) => sum + client.retries(), 0),
  },
];
