import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { EXAMPLE_SPEC, manifest } from '../../corpus/bodies.ts';
import { until } from '../../support/until.ts';
import type { Backend } from './backend.ts';
import type { Environment } from './environment.ts';

export interface LoadOptions {
  readonly backend: Backend;
  readonly environment: Environment;
  readonly random: () => number;
  readonly readsPerSecond: number;
}

/** Clients that read and write machines through the backend, and one that writes to the cluster directly. */
export class Load {
  /** Number of responses by method and status, such as "GET 200". */
  readonly responses = new Map<string, number>();
  /** Reads that failed although the machine was in the cache before and after. */
  failedReads = 0;
  readonly #options: LoadOptions;
  readonly #agent = new Agent({ connections: 64 });
  readonly #running: Promise<void>[];
  #stopped = false;
  #writing = true;
  #writes = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    const readIntervalMs = 1_000 / (options.readsPerSecond / READERS);
    this.#running = [
      ...Array.from({ length: READERS }, () => this.#every(readIntervalMs, () => this.#read())),
      this.#every(250, () => this.#whileWriting(() => this.#write())),
      this.#every(100, () =>
        this.#whileWriting(() => options.environment.writer.writeRandomly(options.random)),
      ),
    ];
  }

  /** Resolves when no write is in flight. */
  async pauseWrites(): Promise<void> {
    this.#writing = false;
    await until('writes in flight to end', () => this.#writes === 0);
  }

  resumeWrites(): void {
    this.#writing = true;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
    await this.#agent.close();
  }

  async #every(ms: number, task: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      const startedAt = performance.now();
      // Faults make some calls fail; `responses` counts them.
      await task().catch(() => undefined);
      await sleep(Math.max(0, ms - (performance.now() - startedAt)));
    }
  }

  async #whileWriting(task: () => Promise<void>): Promise<void> {
    if (!this.#writing) return;
    this.#writes++;
    await task().finally(() => this.#writes--);
  }

  async #read(): Promise<void> {
    const { backend, environment } = this.#options;
    const { namespace } = environment;
    const name = this.#name();
    const isCached = () => backend.cache.view.get(namespace, name) !== undefined;
    const wasCached = isCached();
    const status = await this.#call('GET', `/status?namespace=${namespace}&name=${name}`);
    if (status !== 200 && wasCached && isCached()) this.failedReads++;
  }

  async #write(): Promise<void> {
    const { environment, random } = this.#options;
    const { namespace } = environment;
    const name = this.#name();
    const calls = [
      () => this.#call('POST', `?namespace=${namespace}`, manifest(EXAMPLE_SPEC, { name })),
      () => this.#call('POST', `/stop?${this.#target()}`),
      () => this.#call('POST', `/restart?${this.#target()}`),
      () => this.#call('DELETE', `?${this.#target()}`),
    ];
    await calls[Math.floor(random() * calls.length)]?.();
  }

  #name = (): string => `m${Math.floor(this.#options.random() * 12)}`;

  #target = (): string => `namespace=${this.#options.environment.namespace}&name=${this.#name()}`;

  async #call(method: string, path: string, body?: object): Promise<number> {
    const { statusCode, body: response } = await request(
      `${this.#options.backend.url}/api/v1/devmachines${path}`,
      {
        method,
        dispatcher: this.#agent,
        ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
      },
    );
    await response.dump();
    const key = `${method} ${statusCode}`;
    this.responses.set(key, (this.responses.get(key) ?? 0) + 1);
    return statusCode;
  }
}

const READERS = 10;
