import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { DevMachineError } from '../../src/devmachine/errors.ts';
import type { Machines, StatusUpdate } from '../../src/devmachine/machines.ts';
import { compareKeys } from '../../src/devmachine/pagination.ts';
import type { Phase } from '../../src/devmachine/status/phases.ts';
import type { StatusDocument } from '../../src/devmachine/status/status-document.ts';
import { STATUS_EXAMPLE } from '../../src/http/openapi/examples.ts';

/** Statuses in memory, for what happens between them and HTTP: phases at will, thousands of changes a second. */
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
    throw new DevMachineError('machine-not-found', 'There is none.');
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

  /** How old they are. */
  age = 0;

  ageMs(): number {
    return this.age;
  }

  checkReadable(): void {}

  #emit(change: StatusUpdate): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}

/** The whole API over `machines`, listening. */
export async function serve(t: TestContext, machines: FakeMachines, config: Partial<Config> = {}) {
  const app = await buildApp(
    { ...loadConfig({}), ...config },
    { machines: machines as unknown as Machines, logger: pino({ level: 'silent' }) },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}

/** uid → generation of what there is. */
export const truth = (machines: FakeMachines) =>
  new Map([...machines.documents.values()].map((document) => [document.uid, generationOf(document)]));

export const generationOf = ({ json }: StatusDocument): number => JSON.parse(json).generation;
