import { compareVersions } from '../../../src/kube/cache/resource-version.ts';
import type { Store, Stored } from '../../../src/kube/cache/store.ts';
import { item } from './items.ts';

/** Applies the response to one of this process's own requests to the store, which may be long after the cluster sent it. */
export type Response = (store: Pick<Store<Stored>, 'observe' | 'forget'>) => void;

interface Event {
  readonly type: 'upsert' | 'remove';
  readonly item: Stored;
}

export interface List {
  readonly items: readonly Stored[];
  readonly version: string;
}

/** The objects of a cluster and all events so far, in the order of their versions. */
export class SimulatedCluster {
  readonly #objects = new Map<string, Stored>();
  readonly #events: Event[] = [];
  /** Starts below 100, so that versions of different length are compared. */
  #version = 90;
  #uids = 0;

  list(): List {
    return { items: [...this.#objects.values()], version: String(this.#version) };
  }

  has(uid: string): boolean {
    return this.#objects.values().some((object) => object.uid === uid);
  }

  /** The first event that a watch from `version` sends. */
  eventAfter(version: string): Event | undefined {
    return this.#events.find((event) => compareVersions(event.item.resourceVersion, version) > 0);
  }

  /** A change of another resource: all resources share the same versions. */
  advanceVersion(): void {
    this.#version++;
  }

  /** Creates or updates the object. */
  write(name: string): Response {
    const uid = this.#objects.get(name)?.uid ?? `u${++this.#uids}`;
    const written = item(name, uid, ++this.#version);
    this.#objects.set(name, written);
    this.#events.push({ type: 'upsert', item: written });
    return (store) => store.observe(written);
  }

  read(name: string): Response | undefined {
    const found = this.#objects.get(name);
    return found && ((store) => store.observe(found));
  }

  delete(name: string): Response | undefined {
    const found = this.#objects.get(name);
    if (!found) return undefined;
    this.#objects.delete(name);
    this.#events.push({ type: 'remove', item: item(name, found.uid, ++this.#version) });
    return (store) => store.forget('ns', name, found.uid);
  }
}
