import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delta } from '../../../src/kube/cache/listeners.ts';
import { compareVersions } from '../../../src/kube/cache/resource-version.ts';
import type { Stored } from '../../../src/kube/cache/store.ts';
import { seededRandom } from '../../support/random.ts';
import { newStore } from '../support/items.ts';
import { type List, type Response, SimulatedCluster } from '../support/simulated-cluster.ts';

/**
 * Simulates a cluster, its watch, and responses to this process's own requests, which arrive in any order and at any time
 * after they were sent. It keeps two guarantees of Kubernetes: a watch is in order, and a list contains all writes from
 * before its request.
 */
class Simulation {
  readonly cluster = new SimulatedCluster();
  readonly store = newStore();
  /** Sent by the cluster, but not yet received. */
  readonly #responses: Response[] = [];
  /** The list in flight; undefined while the watch is open. */
  #list: List | undefined = this.cluster.list();
  /** The steps in which the store takes the list. */
  #replacing: Generator<void> | undefined;
  readonly #random: () => number;
  /** The more often the watch delivers, the later responses arrive. */
  readonly #pace: number;
  /** The items by name, according to the deltas alone. */
  readonly #subscribed = new Map<string, Stored>();
  readonly #newest = new Map<string, string>();
  readonly #deleted = new Set<string>();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#pace = 0.5 + 0.3 * this.#random();
    this.store.subscribe((delta) => this.#onDelta(delta));
  }

  /** Runs one random action. */
  step(): void {
    const chance = this.#random();
    if (chance < 0.35) this.#send();
    else if (chance < 0.37 && !this.#list) this.#list = this.cluster.list();
    else if (chance < this.#pace) this.#deliver();
    else this.#receive();
    this.check();
  }

  /** Delivers everything in flight, in random order. */
  finish(): void {
    while (this.#responses.length > 0 || this.#deliver()) {
      if (this.#random() < 0.5) this.#receive();
      this.check();
    }
  }

  /** Sends a request to the cluster. Three in ten come from other clients, whose responses this process does not receive. */
  #send(): void {
    const name = this.#pick(['a', 'b', 'c']);
    const chance = this.#random();
    if (chance < 0.1) this.cluster.advanceVersion();
    else {
      const response =
        chance < 0.55
          ? this.cluster.write(name)
          : chance < 0.65
            ? this.cluster.read(name)
            : this.cluster.delete(name);
      if (response && this.#random() < 0.7) this.#responses.push(response);
    }
  }

  /** Delivers the list in flight, an event or a bookmark. Returns whether a list or an event was delivered. */
  #deliver(): boolean {
    const { store, cluster } = this;
    if (this.#list && !this.#replacing && !store.synced && this.#random() < 0.4) {
      // Some of its pages arrive. The list may then expire and be requested again.
      for (const item of this.#list.items) if (this.#random() < 0.7) store.prefill(item);
      if (this.#random() < 0.3) this.#list = cluster.list();
      return true;
    }
    if (this.#list) {
      this.#replacing ??= store.replaceInSteps(this.#list.items, this.#list.version);
      if (this.#replacing.next().done) this.#list = this.#replacing = undefined;
      return true;
    }
    const event = cluster.eventAfter(store.version ?? '0');
    if (event) store[event.type](event.item);
    else store.progress(cluster.list().version);
    return event !== undefined;
  }

  #receive(): void {
    const [response] = this.#responses.splice(Math.floor(this.#random() * this.#responses.length), 1);
    response?.({
      observe: (item) => {
        this.store.observe(item);
        if (this.store.synced && !this.#deleted.has(item.uid)) this.#checkObserved(item);
      },
      forget: (namespace, name, uid) => {
        this.store.forget(namespace, name, uid);
        this.#deleted.add(uid);
      },
    });
  }

  #checkObserved({ namespace, name, uid, resourceVersion }: Stored): void {
    const known = this.store.get(namespace, name);
    if (!known) assert.ok(!this.cluster.has(uid), 'an object in a response is readable immediately');
    else
      assert.ok(
        compareVersions(known.resourceVersion, resourceVersion) >= 0,
        'reads never return an older version',
      );
  }

  #onDelta({ type, item }: Delta<Stored>): void {
    const { name, uid, resourceVersion } = item;
    const known = this.#subscribed.get(name);
    if (type === 'deleted') {
      assert.equal(known?.uid, uid, 'only a known object is deleted');
      this.#subscribed.delete(name);
      this.#deleted.add(uid);
      return;
    }
    assert.equal(known?.uid, type === 'added' ? undefined : uid, `${type} matches the known object`);
    const newest = this.#newest.get(name) ?? '0';
    assert.ok(compareVersions(resourceVersion, newest) > 0, `${name} is newer than ${newest}`);
    this.#subscribed.set(name, item);
    this.#newest.set(name, resourceVersion);
  }

  check(): void {
    assert.deepEqual(
      [...this.#subscribed.values()].sort(compareNames),
      [...this.store.values()].sort(compareNames),
    );
    for (const { uid } of this.store.values()) assert.ok(!this.#deleted.has(uid), `${uid} was deleted`);
  }

  #pick<T>(values: readonly [T, ...T[]]): T {
    return values[Math.floor(this.#random() * values.length)] ?? values[0];
  }
}

const compareNames = (one: Stored, other: Stored): number => (one.name < other.name ? -1 : 1);

test('the store converges to the cluster for any order of responses, events and lists', () => {
  for (let seed = 0; seed < 400; seed++) {
    try {
      const simulation = new Simulation(seed);
      for (let step = 0; step < 150; step++) simulation.step();
      simulation.finish();
      const { cluster, store } = simulation;
      assert.deepEqual([...store.values()].sort(compareNames), [...cluster.list().items].sort(compareNames));
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
