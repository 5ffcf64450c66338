import type { FastifyPluginAsync } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';

/** A number that is looked up when it is asked for. */
export interface Figure {
  readonly name: string;
  readonly help: string;
  /** A counter only grows. */
  readonly type?: 'gauge' | 'counter';
  readonly value: () => number;
}

export interface MetricsRoutes {
  readonly registry: Registry;
  readonly figures: readonly Figure[];
}

/** /metrics, for Prometheus: what is in the registry, and these figures. docs/operations.md explains them. */
export const metricsRoutes: FastifyPluginAsync<MetricsRoutes> = async (app, { registry, figures }) => {
  const registers = [registry];
  for (const { name, help, type, value } of figures) {
    if (type === 'counter') {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    } else {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    }
  }
  app.get('/metrics', { schema: { hide: true }, logLevel: 'warn' }, async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
};
