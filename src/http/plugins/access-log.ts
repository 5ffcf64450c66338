import { LogController } from 'fastify';
import fp from 'fastify-plugin';

/** Requests that take longer are always logged. */
const SLOW_MS = 1_000;

const READ_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface AccessLogOptions {
  /** Log one in this many successful reads; 0 logs none. */
  readonly readsEvery: number;
}

/**
 * Logs one line per request when it has ended. Requests that change something, fail or are slow are always logged. Of the
 * successful reads only one in `readsEvery` is, because a log line costs more than answering them.
 */
export const accessLog = fp<AccessLogOptions>(
  async (app, { readsEvery }) => {
    let reads = 0;
    app.requestLifecycle.onRequestEnd(({ request, method, statusCode, ms }) => {
      if (statusCode < 400 && ms < SLOW_MS && READ_METHODS.has(method)) {
        reads++;
        if (readsEvery === 0 || reads % readsEvery !== 0) return;
      }
      const level = statusCode >= 500 ? 'warn' : 'info';
      // Fastify's serializers turn `req` and `res` into plain objects.
      request.log[level](
        { req: request, res: { statusCode }, responseTime: Number(ms.toFixed(3)) },
        'request completed',
      );
    });
  },
  { name: 'access-log', dependencies: ['request-lifecycle'] },
);

/** Fastify's own log lines except the two per request, which `accessLog` replaces. */
export class AccessLogController extends LogController {
  override incomingRequest(): void {}
  override requestCompleted(): void {}
}
