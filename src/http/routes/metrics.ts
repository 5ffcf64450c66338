import type { FastifyPluginAsync } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Metric } from '../../devmachine/metric.ts';

export interface MetricsRoutes {
  readonly registry: Registry;
  readonly metrics: readonly Metric[];
}

/** /metrics, for Prometheus: what is in the registry, and these metrics. docs/operations.md explains them. */
export const metricsRoutes: FastifyPluginAsync<MetricsRoutes> = async (app, { registry, metrics }) => {
  for (const { name, help, type, value } of metrics) {
    const Metric = type === 'counter' ? Counter : Gauge;
    new Metric({
      name,
      help,
      registers: [registry],
      collect(this: Counter | Gauge) {
        this.reset();
        this.inc(value());
      },
    });
  }
  app.get('/metrics', { schema: { hide: true }, logLevel: 'warn' }, async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
};
