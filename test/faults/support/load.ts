import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { EXAMPLE_SPEC, manifest } from '../../corpus/bodies.ts';
import { until } from '../../support/until.ts';
import type { Stack } from './stack.ts';
import type { World } from './world.ts';

export interface LoadOptions {
  readonly stack: Stack;
  readonly world: World;
  readonly random: () => number;
  readonly readsPerSecond: number;
}

/** People who read statuses and change machines through the API, and others who change them past it. */
export class Load {
  /** How often each answer has come, such as "GET 200". */
  readonly answers = new Map<string, number>();
  /** Reads of machines that were known before and after, and that were not answered. */
  failedReads = 0;
  readonly #options: LoadOptions;
  readonly #agent = new Agent({ connections: 64 });
  readonly #running: Promise<void>[];
  #stopped = false;
  #writing = true;
  #writes = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    const reader = 1_000 / (options.readsPerSecond / READERS);
    this.#running = [
      ...Array.from({ length: READERS }, () => this.#every(reader, () => this.#read())),
      this.#every(250, () => this.#whileWriting(() => this.#write())),
      this.#every(100, () => this.#whileWriting(() => options.world.anything(options.random))),
    ];
  }

  /** Resolves when nothing is being written any more. */
  async pauseWrites(): Promise<void> {
    this.#writing = false;
    await until('writes under way to end', () => this.#writes === 0);
  }

  resumeWrites(): void {
    this.#writing = true;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
    await this.#agent.close();
  }

  async #every(ms: number, deed: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      const began = performance.now();
      // What the cluster refuses others is not our matter.
      await deed().catch(() => undefined);
      await sleep(Math.max(0, ms - (performance.now() - began)));
    }
  }

  async #whileWriting(deed: () => Promise<void>): Promise<void> {
    if (!this.#writing) return;
    this.#writes++;
    await deed().finally(() => this.#writes--);
  }

  async #read(): Promise<void> {
    const { stack, world } = this.#options;
    const name = this.#name();
    const isKnown = () => stack.cache.view.get(world.namespace, name) !== undefined;
    const wasKnown = isKnown();
    const status = await this.#call('GET', `/status?namespace=${world.namespace}&name=${name}`);
    if (status !== 200 && wasKnown && isKnown()) this.failedReads++;
  }

  async #write(): Promise<void> {
    const { world, random } = this.#options;
    const { namespace } = world;
    const name = this.#name();
    const deeds = [
      () => this.#call('POST', `?namespace=${namespace}`, manifest(EXAMPLE_SPEC, { name })),
      () => this.#call('POST', `/stop?${this.#target()}`),
      () => this.#call('POST', `/restart?${this.#target()}`),
      () => this.#call('DELETE', `?${this.#target()}`),
    ];
    await deeds[Math.floor(random() * deeds.length)]?.();
  }

  #name = (): string => `m${Math.floor(this.#options.random() * 12)}`;

  #target = (): string => `namespace=${this.#options.world.namespace}&name=${this.#name()}`;

  async #call(method: string, path: string, body?: object): Promise<number> {
    const reply = await request(`${this.#options.stack.url}/api/v1/devmachines${path}`, {
      method,
      dispatcher: this.#agent,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    await reply.body.dump();
    const key = `${method} ${reply.statusCode}`;
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
    return reply.statusCode;
  }
}

const READERS = 10;
