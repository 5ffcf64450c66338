import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ClusterClient } from '../../../src/kube/client/client.ts';
import { machinePath, machinesPath } from '../../../src/kube/resources/devmachine.ts';
import { manifest } from '../../corpus/bodies.ts';
import { certificate, ingress } from '../../status/ingress-objects.ts';
import { deployment, endpointSlice, type Owner, pod, podEvent, pvc, type Raw } from '../../status/objects.ts';
import { collection } from '../../status/real.ts';
import { create, get, mergePatch } from '../../support/cluster.ts';

const SPEC = { cpu: 1, memory: '1Gi', image: 'registry.example.com/machine:1', storage: { size: '1Gi' } };

const DEPENDENTS: readonly ((owner: Owner) => Raw)[] = [
  deployment,
  pod,
  pvc,
  ingress,
  certificate,
  endpointSlice,
  (owner) => podEvent(owner, 'Pulling', 'Pulling the image'),
  (owner) => podEvent(owner, 'FailedMount', 'no such volume'),
];

/** Writes machines and their dependents as another client of the cluster, bypassing the backend. */
export class ClusterWriter {
  readonly #cluster: ClusterClient;
  readonly #namespace: string;
  #updates = 0;

  constructor(cluster: ClusterClient, namespace: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
  }

  /** Creates the default service account, which every pod needs. */
  async createServiceAccount(): Promise<void> {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    const path = `/api/v1/namespaces/${this.#namespace}/serviceaccounts`;
    await assertStatus([201], create(this.#cluster, path, account));
  }

  async createMachine(name: string): Promise<void> {
    const path = machinesPath(this.#namespace);
    await assertStatus([201, 409], create(this.#cluster, path, manifest(SPEC, { name })));
  }

  /** Writes characters of one to four bytes, so that a split can fall inside a character. */
  async updateMachine(name: string): Promise<void> {
    const env = [{ name: 'WORDS', value: `Größe ${++this.#updates} 東京 🚀` }];
    await assertStatus([200, 404], mergePatch(this.#cluster, this.#path(name), { spec: { env } }));
  }

  async deleteMachine(name: string): Promise<void> {
    await this.#delete(this.#path(name));
  }

  /** Runs one random write. */
  async writeRandomly(random: () => number): Promise<void> {
    const name = `m${Math.floor(random() * 12)}`;
    const dependent = this.#dependent(name, Math.floor(random() * DEPENDENTS.length));
    const writes = [
      () => this.createMachine(name),
      () => this.createMachine(name),
      () => this.updateMachine(name),
      () => this.deleteMachine(name),
      () => this.#create(dependent),
      () => this.#create(dependent),
      () => this.#annotate(dependent),
      () => this.#release(dependent),
    ];
    await writes[Math.floor(random() * writes.length)]?.();
  }

  async #create({ collection, body }: Dependent): Promise<void> {
    const { involvedObject } = body;
    const object = involvedObject ? { ...body, involvedObject: await this.#withUid(involvedObject) } : body;
    await assertStatus([201, 409], create(this.#cluster, collection, object));
  }

  /** The uid is that of the present pod, if there is one. */
  async #withUid(pod: { readonly name: string }): Promise<object> {
    const { body } = await get(this.#cluster, `${collection('Pod', this.#namespace)}/${pod.name}`);
    return { ...pod, uid: body.metadata.uid ?? randomUUID() };
  }

  async #annotate({ path }: Dependent): Promise<void> {
    const patch = { metadata: { annotations: { updates: `${++this.#updates}` } } };
    await assertStatus([200, 404], mergePatch(this.#cluster, path, patch));
  }

  /** Removes the finalizers first, because no controller of this control plane does. */
  async #release({ path }: Dependent): Promise<void> {
    await assertStatus([200, 404], mergePatch(this.#cluster, path, { metadata: { finalizers: null } }));
    await this.#delete(path);
  }

  #path(name: string): string {
    return machinePath({ namespace: this.#namespace, name });
  }

  #dependent(name: string, index: number): Dependent {
    const namespace = this.#namespace;
    const owner = { name, namespace, uid: 'owner', specDigest: '', host: `${name}.${namespace}.example.com` };
    const { status: _, ...body } = DEPENDENTS[index]?.(owner) ?? assert.fail();
    const path = collection(body.kind, namespace);
    return { collection: path, path: `${path}/${body.metadata.name}`, body };
  }

  async #delete(path: string): Promise<void> {
    const query = { gracePeriodSeconds: '0' };
    const request = { method: 'DELETE', path, query, signal: AbortSignal.timeout(30_000) } as const;
    await assertStatus([200, 202, 404], this.#cluster.request(request));
  }
}

interface Dependent {
  readonly collection: string;
  readonly path: string;
  readonly body: Raw;
}

async function assertStatus(
  expected: readonly number[],
  response: Promise<{ status: number; body: unknown }>,
): Promise<void> {
  const { status, body } = await response;
  assert.ok(expected.includes(status), `${status} ${JSON.stringify(body)}`);
}
