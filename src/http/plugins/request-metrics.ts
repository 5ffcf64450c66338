import fp from 'fastify-plugin';
import type { Metric, Registry } from 'prom-client';

const NAME = 'devmachine_http_request_duration_seconds';
const HELP =
  'Duration of HTTP requests until the response has ended; for event streams, until the stream has ended.';
const UPPER_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Requests per bucket, not cumulative. The last entry counts those above every bound. */
  readonly counts: number[];
  /** In seconds. */
  sum: number;
}

export interface RequestMetricsOptions {
  readonly registry: Registry;
}

/**
 * A histogram of request durations by method, route and status class. A request only increments plain numbers, and the
 * histogram is built when it is scraped: prom-client hashes the labels on every observation, which costs ten times more.
 */
export const requestMetrics = fp<RequestMetricsOptions>(
  async (app, { registry }) => {
    const all: Series[] = [];
    const byMethod = new Map<string, Map<string, Series[]>>();
    const metric = { name: NAME, get: async () => toHistogram(all) };
    registry.registerMetric(metric as unknown as Metric);

    app.requestLifecycle.onRequestEnd(({ method, route, statusCode, ms }) => {
      const byRoute = getOrInsert(byMethod, method, () => new Map<string, Series[]>());
      const byClass = getOrInsert(byRoute, route, () => []);
      const statusClass = Math.floor(statusCode / 100);
      let series = byClass[statusClass];
      if (!series) {
        series = newSeries({ method, route, status: `${statusClass}xx` });
        byClass[statusClass] = series;
        all.push(series);
      }
      observe(series, ms / 1_000);
    });
  },
  { name: 'request-metrics', dependencies: ['request-lifecycle'] },
);

const newSeries = (labels: Series['labels']): Series => ({
  labels,
  counts: new Array<number>(UPPER_BOUNDS.length + 1).fill(0),
  sum: 0,
});

function getOrInsert<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}

function observe(series: Series, seconds: number): void {
  let bucket = 0;
  while (seconds > (UPPER_BOUNDS[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
  series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
  series.sum += seconds;
}

/** The histogram in prom-client's format, in which the bucket counts are cumulative. */
const toHistogram = (all: readonly Series[]) => ({
  name: NAME,
  help: HELP,
  type: 'histogram',
  aggregator: 'sum',
  values: all.flatMap(({ labels, counts, sum }) => {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      const le = UPPER_BOUNDS[index] ?? '+Inf';
      return { metricName: `${NAME}_bucket`, labels: { le, ...labels }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${NAME}_sum`, labels, value: sum },
      { metricName: `${NAME}_count`, labels, value: total },
    ];
  }),
});
