import type { FastifyPluginAsync } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Figure } from '../../devmachine/metric.ts';

export interface MetricsRoutes {
  readonly registry: Registry;
  readonly figures: readonly Figure[];
}

/** /metrics, for Prometheus: what is in the registry, and these figures. docs/operations.md explains them. */
export const metricsRoutes: FastifyPluginAsync<MetricsRoutes> = async (app, { registry, figures }) => {
  for (const { name, help, type, value } of figures) {
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
