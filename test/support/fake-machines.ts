import type { TestContext } from 'node:test';
import type { FastifyBaseLogger } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { buildApp } from '../../src/app.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { anyCaller, type Callers, type Power } from '../../src/devmachine/caller.ts';
import { DevMachineError } from '../../src/devmachine/errors.ts';
import type { Machines, StatusUpdate } from '../../src/devmachine/machines.ts';
import { compareKeys } from '../../src/devmachine/pagination.ts';
import type { Phase } from '../../src/devmachine/status/phases.ts';
import type { StatusDocument } from '../../src/devmachine/status/status-document.ts';
import { STATUS_EXAMPLE } from '../../src/http/openapi/examples.ts';

/** `Machines` in memory: the reads only. Tests set any phase at any rate. */
export class FakeMachines
  implements Pick<Machines, 'known' | 'size' | 'status' | 'list' | 'subscribe' | 'ageMs' | 'checkReadable'>
{
  readonly documents = new Map<string, StatusDocument>();
  readonly listeners = new Set<(change: StatusUpdate) => void>();
  #count = 0;

  set(name: string, { namespace = 'a', phase = 'Running' as Phase, padding = 0 } = {}): StatusDocument {
    const key = `${namespace}/${name}`;
    const before = this.documents.get(key);
    const generation = (before ? generationOf(before) : 0) + 1;
    const uid = before?.uid ?? `uid-${++this.#count}`;
    const spec = { ...STATUS_EXAMPLE.spec, args: ['x'.repeat(padding)] };
    const status = { ...STATUS_EXAMPLE, name, namespace, uid, generation, phase, spec };
    const version = `${uid}.${generation}.x`;
    const { template } = spec;
    const document = { namespace, name, uid, phase, template, json: JSON.stringify(status), version };
    this.documents.set(key, document);
    this.#emit({ type: 'changed', document });
    return document;
  }

  remove(name: string, namespace = 'a'): void {
    const document = this.documents.get(`${namespace}/${name}`);
    this.documents.delete(`${namespace}/${name}`);
    if (document) this.#emit({ type: 'deleted', document });
  }

  size(): number {
    return this.documents.size;
  }

  known({ namespace, name }: { namespace: string; name: string }): StatusDocument | undefined {
    return this.documents.get(`${namespace}/${name}`);
  }

  async status({ namespace, name }: { namespace: string; name: string }): Promise<StatusDocument> {
    const document = this.documents.get(`${namespace}/${name}`);
    if (document) return document;
    throw new DevMachineError('machine-not-found', 'No such machine.');
  }

  list(namespace?: string): StatusDocument[] {
    return [...this.documents.values()]
      .filter((document) => namespace === undefined || document.namespace === namespace)
      .sort(compareKeys);
  }

  subscribe(listener: (change: StatusUpdate) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** In ms. */
  age = 0;

  ageMs(): number {
    return this.age;
  }

  checkReadable(): void {}

  #emit(change: StatusUpdate): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}

/** The whole API with `machines` as its cluster. It is closed when the test ends. */
export async function build(
  t: TestContext,
  machines: FakeMachines,
  config: Partial<Config> = {},
  logger: FastifyBaseLogger = pino({ level: 'silent' }),
  callers: Callers = anyCaller({} as Power),
  registry: Registry = new Registry(),
) {
  const app = await buildApp(
    { ...loadConfig({}), ...config },
    { machines: machines as unknown as Machines, callers, logger, registry },
  );
  t.after(() => app.close());
  return app;
}

/** The same, listening on a free port. */
export async function serve(t: TestContext, machines: FakeMachines, config: Partial<Config> = {}) {
  const app = await build(t, machines, config);
  return { app, url: await app.listen({ host: '127.0.0.1', port: 0 }) };
}

/** The generation of each machine, by uid. */
export const truth = (machines: FakeMachines) =>
  new Map([...machines.documents.values()].map((document) => [document.uid, generationOf(document)]));

export const generationOf = ({ json }: StatusDocument): number => JSON.parse(json).generation;
