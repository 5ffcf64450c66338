import { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';

const METHODS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/**
 * The logger of a request, which says which request it is. It is made when the first line is written: most requests write
 * none, and making it would cost more than answering them.
 */
class RequestLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: object;
  readonly #options: object;
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, bindings: object, options: object) {
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  get made(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(this.#bindings, this.#options);
    return this.#made;
  }

  get level(): string {
    return this.made.level;
  }

  child(...args: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.made.child(...args);
  }
}

for (const method of METHODS) {
  Object.defineProperty(RequestLogger.prototype, method, {
    value(this: RequestLogger, ...args: [object, string]) {
      this.made[method](...args);
    },
  });
}

/** Of Fastify's own lines, those about faults stay; request-log.ts has one for a request. */
export class FaultsOnly extends LogController {
  override incomingRequest(): void {}
}

/**
 * For Fastify's `childLoggerFactory`. Fastify is not given the logger itself: it would follow every request for its own
 * lines, which request-log.ts writes for less.
 */
export const requestLoggers =
  (logger: FastifyBaseLogger): FastifyInstance['childLoggerFactory'] =>
  (_none, bindings, options) =>
    new RequestLogger(logger, bindings, options) as unknown as FastifyBaseLogger;
