import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions } from '../../../src/kube/cache/resource-version.ts';
import type { Delta, Stored } from '../../../src/kube/cache/store.ts';
import { seededRandom } from '../../support/random.ts';
import { newStore } from '../support/scripted.ts';
import { type Answer, type List, SimulatedCluster } from '../support/simulated-cluster.ts';

/**
 * A cluster, its watch, and answers to requests of ours that come at any time after they were given, in any order. What
 * is not simulated cannot happen: a watch is in order, and a list holds what was done before it was asked for.
 */
class Simulation {
  readonly cluster = new SimulatedCluster();
  readonly store = newStore();
  /** Given, and still on their way. */
  readonly #answers: Answer[] = [];
  /** Asked for; undefined while there is a watch. */
  #list: List | undefined = this.cluster.list();
  readonly #random: () => number;
  /** The faster the watch, the slower the answers. */
  readonly #pace: number;
  readonly #followed = new Map<string, Stored>();
  readonly #newest = new Map<string, string>();
  readonly #gone = new Set<string>();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#pace = 0.5 + 0.3 * this.#random();
    this.store.subscribe((change) => this.#follow(change));
  }

  /** One thing happens, anywhere. */
  step(): void {
    const chance = this.#random();
    if (chance < 0.35) this.#act();
    else if (chance < 0.37 && !this.#list) this.#list = this.cluster.list();
    else if (chance < this.#pace) this.#deliver();
    else this.#answer();
    this.check();
  }

  /** Everything that is on its way comes, in some order. */
  finish(): void {
    while (this.#answers.length > 0 || this.#deliver()) {
      if (this.#random() < 0.5) this.#answer();
      this.check();
    }
  }

  /** Somebody does something: another, whose answer is none of ours, or we. */
  #act(): void {
    const name = this.#pick(['a', 'b', 'c']);
    const chance = this.#random();
    if (chance < 0.1) this.cluster.changeSomethingElse();
    else {
      const answer =
        chance < 0.55
          ? this.cluster.write(name)
          : chance < 0.65
            ? this.cluster.read(name)
            : this.cluster.delete(name);
      if (answer && this.#random() < 0.7) this.#answers.push(answer);
    }
  }

  /** The list arrives, or an event, or a bookmark. Whether there was something to tell. */
  #deliver(): boolean {
    const { store, cluster } = this;
    if (this.#list && !store.synced && this.#random() < 0.4) {
      // Some of its pages; or it is given up after them, and asked for anew.
      store.prefill(this.#list.items.filter(() => this.#random() < 0.7));
      if (this.#random() < 0.3) this.#list = cluster.list();
      return true;
    }
    if (this.#list) {
      store.replace(this.#list.items, this.#list.version);
      this.#list = undefined;
      return true;
    }
    const event = cluster.eventAfter(store.version ?? '0');
    if (event) store[event.type](event.item);
    else store.progress(cluster.list().version);
    return event !== undefined;
  }

  #answer(): void {
    const [answer] = this.#answers.splice(Math.floor(this.#random() * this.#answers.length), 1);
    answer?.({
      observe: (item) => {
        this.store.observe(item);
        if (this.store.synced && !this.#gone.has(item.uid)) this.#checkObserved(item);
      },
      forget: (namespace, name, uid) => {
        this.store.forget(namespace, name, uid);
        this.#gone.add(uid);
      },
    });
  }

  #checkObserved({ namespace, name, uid, resourceVersion }: Stored): void {
    const known = this.store.get(namespace, name);
    if (!known) assert.ok(!this.cluster.isThere(uid), 'what an answer shows is readable at once');
    else assert.ok(compareVersions(known.resourceVersion, resourceVersion) >= 0, 'reads do not go back');
  }

  #follow({ type, item }: Delta<Stored>): void {
    const { name, uid, resourceVersion } = item;
    const known = this.#followed.get(name);
    if (type === 'deleted') {
      assert.equal(known?.uid, uid, 'only what was there is deleted');
      this.#followed.delete(name);
      this.#gone.add(uid);
      return;
    }
    assert.equal(known?.uid, type === 'added' ? undefined : uid, `${type} fits what was there`);
    const newest = this.#newest.get(name) ?? '0';
    assert.ok(compareVersions(resourceVersion, newest) > 0, `${name} goes on from ${newest}`);
    this.#followed.set(name, item);
    this.#newest.set(name, resourceVersion);
  }

  check(): void {
    assert.deepEqual([...this.#followed.values()].sort(byName), [...this.store.values()].sort(byName));
    for (const { uid } of this.store.values()) assert.ok(!this.#gone.has(uid), `${uid} is gone`);
  }

  #pick<T>(values: readonly [T, ...T[]]): T {
    return values[Math.floor(this.#random() * values.length)] ?? values[0];
  }
}

const byName = (one: Stored, other: Stored): number => (one.name < other.name ? -1 : 1);

test('the store follows the cluster, whenever answers, events and lists come', () => {
  for (let seed = 0; seed < 400; seed++) {
    try {
      const simulation = new Simulation(seed);
      for (let step = 0; step < 150; step++) simulation.step();
      simulation.finish();
      const { cluster, store } = simulation;
      assert.deepEqual([...store.values()].sort(byName), [...cluster.list().items].sort(byName));
    } catch (error) {
      throw new Error(`with the seed ${seed}`, { cause: error });
    }
  }
});
