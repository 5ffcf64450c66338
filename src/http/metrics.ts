import type { FastifyPluginAsync } from 'fastify';
import { Gauge, type Registry } from 'prom-client';

/** A number that is looked up when it is asked for. */
export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly value: () => number;
}

export interface MetricsRoutes {
  readonly registry: Registry;
  readonly figures: readonly Figure[];
}

/** /metrics, for Prometheus: what is in the registry, and these figures. docs/operations.md explains them. */
export const metricsRoutes: FastifyPluginAsync<MetricsRoutes> = async (app, { registry, figures }) => {
  for (const { name, help, value } of figures) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  }
  app.get('/metrics', { schema: { hide: true }, logLevel: 'warn' }, async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
};
