import type { FastifyPluginAsync } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Metric } from '../../devmachine/metric.ts';

export interface MetricsRoutesOptions {
  readonly registry: Registry;
  readonly metrics: readonly Metric[];
}

/** /metrics in Prometheus format: `registry`, to which `metrics` are added. docs/operations.md documents them. */
export const metricsRoutes: FastifyPluginAsync<MetricsRoutesOptions> = async (app, { registry, metrics }) => {
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
