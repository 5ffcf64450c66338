import type { Metric, Registry } from 'prom-client';
import type { OnEnd } from './request-lifecycle.ts';

const NAME = 'devmachine_http_request_duration_seconds';
const HELP = 'How long requests took, until they were answered; streams, until they ended.';
const UPPER_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** How many took no longer than each bound, and longer than the one before; what is above all, last. */
  readonly counts: number[];
  sum: number;
}

/**
 * How long requests take, by method, route and class of status. A request only adds to plain numbers, which become a
 * histogram when they are asked for: to hash its labels each time, as prom-client does, costs ten times as much.
 */
export function countRequests(registry: Registry): OnEnd {
  const all: Series[] = [];
  const byMethod = new Map<string, Map<string, Series[]>>();
  const metric = { name: NAME, get: async () => histogramOf(all) };
  registry.registerMetric(metric as unknown as Metric);

  const newSeries = (method: string, route: string, status: string): Series => {
    const series = {
      labels: { method, route, status },
      counts: new Array<number>(UPPER_BOUNDS.length + 1).fill(0),
      sum: 0,
    };
    all.push(series);
    return series;
  };

  return ({ raw: { method = '' }, route, statusCode, ms }) => {
    const classes = entryOf(
      entryOf(byMethod, method, () => new Map<string, Series[]>()),
      route,
      () => [],
    );
    const status = Math.floor(statusCode / 100);
    classes[status] ??= newSeries(method, route, `${status}xx`);
    add(classes[status], ms / 1_000);
  };
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function add(series: Series, seconds: number): void {
  let bucket = 0;
  while (seconds > (UPPER_BOUNDS[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
  series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
  series.sum += seconds;
}

/** As prom-client's registry takes it: the counts of a histogram add up from bucket to bucket. */
const histogramOf = (all: readonly Series[]) => ({
  name: NAME,
  help: HELP,
  type: 'histogram',
  aggregator: 'sum',
  values: all.flatMap(({ labels, counts, sum }) => {
    let count = 0;
    const buckets = counts.map((more, index) => {
      count += more;
      const le = UPPER_BOUNDS[index] ?? '+Inf';
      return { metricName: `${NAME}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${NAME}_sum`, labels, value: sum },
      { metricName: `${NAME}_count`, labels, value: count },
    ];
  }),
});
