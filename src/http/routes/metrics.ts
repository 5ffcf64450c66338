import type { FastifyPluginAsync } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Metric } from '../../devmachine/metric.ts';

/** Adds metrics to a registry. docs/operations.md documents them. */
export function registerMetrics(registry: Registry, metrics: readonly Metric[]): void {
  for (const { name, help, type, label = '', value } of metrics) {
    const Metric = type === 'counter' ? Counter : Gauge;
    new Metric({
      name,
      help,
      labelNames: label === '' ? [] : [label],
      registers: [registry],
      collect(this: Counter | Gauge) {
        this.reset();
        const values = value();
        if (typeof values === 'number') this.inc(values);
        else for (const [key, number] of values) this.inc({ [label]: key }, number);
      },
    });
  }
}

export interface MetricsRouteOptions {
  readonly registry: Registry;
}

/** /metrics in Prometheus format. */
export const metricsRoute: FastifyPluginAsync<MetricsRouteOptions> = async (app, { registry }) => {
  app.get('/metrics', { logLevel: 'warn' }, async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
};
