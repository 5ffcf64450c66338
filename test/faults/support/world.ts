import assert from 'node:assert/strict';
import type { ClusterClient } from '../../../src/kube/client/client.ts';
import { machinePath, machinesPath } from '../../../src/kube/resources/devmachine.ts';
import { manifest } from '../../corpus/bodies.ts';
import {
  deployment,
  endpointSlice,
  ingress,
  type Owner,
  pod,
  podEvent,
  pvc,
  type Raw,
} from '../../status/objects.ts';
import { collection } from '../../status/real.ts';
import { create, mergePatch } from '../../support/cluster.ts';

const SPEC = { cpu: 1, memory: '1Gi', image: 'registry.example.com/machine:1', storage: { size: '1Gi' } };

const PARTS: readonly ((owner: Owner) => Raw)[] = [
  deployment,
  pod,
  pvc,
  ingress,
  endpointSlice,
  (owner) => podEvent(owner, 'Pulling', 'Pulling the image'),
  (owner) => podEvent(owner, 'FailedMount', 'no such volume'),
];

/** What others do in the cluster, past the API: machines and their parts come, change and go. */
export class World {
  readonly #cluster: ClusterClient;
  readonly namespace: string;
  #changes = 0;

  constructor(cluster: ClusterClient, namespace: string) {
    this.#cluster = cluster;
    this.namespace = namespace;
  }

  /** Without it no pod may be made. */
  async settle(): Promise<void> {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    await this.#must(
      [201],
      create(this.#cluster, `/api/v1/namespaces/${this.namespace}/serviceaccounts`, account),
    );
  }

  async make(name: string, metadata: object = {}): Promise<void> {
    const body = manifest(SPEC, { name, ...metadata });
    await this.#must([201, 409], create(this.#cluster, machinesPath(this.namespace), body));
  }

  /** Bytes of every length, so that a split can come inside a character. */
  async change(name: string): Promise<void> {
    const env = [{ name: 'WORDS', value: `Größe ${++this.#changes} 東京 🚀` }];
    await this.#must([200, 404], mergePatch(this.#cluster, this.#path(name), { spec: { env } }));
  }

  async remove(name: string): Promise<void> {
    await this.#delete(this.#path(name));
  }

  async makePart(name: string, which: number): Promise<void> {
    const { path, body } = this.#part(name, which);
    await this.#must([201, 409], create(this.#cluster, path, body));
  }

  async changePart(name: string, which: number): Promise<void> {
    const { path, body } = this.#part(name, which);
    const change = { metadata: { annotations: { changes: `${++this.#changes}` } } };
    await this.#must([200, 404], mergePatch(this.#cluster, `${path}/${body.metadata.name}`, change));
  }

  async removePart(name: string, which: number): Promise<void> {
    const { path, body } = this.#part(name, which);
    const object = `${path}/${body.metadata.name}`;
    // Nobody here would ever let go of a claim.
    const free = { metadata: { finalizers: null } };
    await this.#must([200, 404], mergePatch(this.#cluster, object, free));
    await this.#delete(object);
  }

  /** One thing of all of the above. */
  async anything(random: () => number): Promise<void> {
    const name = `m${Math.floor(random() * 12)}`;
    const which = Math.floor(random() * PARTS.length);
    const deeds = [
      () => this.make(name),
      () => this.make(name),
      () => this.change(name),
      () => this.remove(name),
      () => this.makePart(name, which),
      () => this.makePart(name, which),
      () => this.changePart(name, which),
      () => this.removePart(name, which),
    ];
    await deeds[Math.floor(random() * deeds.length)]?.();
  }

  #path(name: string): string {
    return machinePath({ namespace: this.namespace, name });
  }

  #part(name: string, which: number): { path: string; body: Raw } {
    const { namespace } = this;
    const owner = { name, namespace, uid: 'owner', specDigest: '', host: `${name}.${namespace}.example.com` };
    const { status: _, ...body } = PARTS[which]?.(owner) ?? assert.fail();
    return { path: collection(body.kind, namespace), body };
  }

  async #delete(path: string): Promise<void> {
    const query = { gracePeriodSeconds: '0' };
    const request = { method: 'DELETE', path, query, signal: AbortSignal.timeout(30_000) } as const;
    await this.#must([200, 202, 404], this.#cluster.request(request));
  }

  async #must(
    statuses: readonly number[],
    answer: Promise<{ status: number; body: unknown }>,
  ): Promise<void> {
    const { status, body } = await answer;
    assert.ok(statuses.includes(status), `${status} ${JSON.stringify(body)}`);
  }
}
