import { compareVersions } from '../../../src/kube/cache/resource-version.ts';
import type { Store, Stored } from '../../../src/kube/cache/store.ts';
import { item } from './scripted.ts';

/** An answer to a request of ours; it reaches the store at some time after the cluster has given it. */
export type Answer = (store: Pick<Store<Stored>, 'observe' | 'forget'>) => void;

interface Event {
  readonly type: 'upsert' | 'remove';
  readonly item: Stored;
}

export interface List {
  readonly items: readonly Stored[];
  readonly version: string;
}

/** The objects of a cluster and the history of their changes, in the order of their versions. */
export class SimulatedCluster {
  readonly #objects = new Map<string, Stored>();
  readonly #events: Event[] = [];
  /** Versions soon grow by a digit. */
  #version = 90;
  #uids = 0;

  list(): List {
    return { items: [...this.#objects.values()], version: String(this.#version) };
  }

  isThere(uid: string): boolean {
    return this.#objects.values().some((object) => object.uid === uid);
  }

  /** The first event after a version, as a watch from there would tell it. */
  eventAfter(version: string): Event | undefined {
    return this.#events.find((event) => compareVersions(event.item.resourceVersion, version) > 0);
  }

  /** Other resources use the same versions. */
  changeSomethingElse(): void {
    this.#version++;
  }

  /** Creates the object, or changes it. */
  write(name: string): Answer {
    const uid = this.#objects.get(name)?.uid ?? `u${++this.#uids}`;
    const written = item(name, uid, ++this.#version);
    this.#objects.set(name, written);
    this.#events.push({ type: 'upsert', item: written });
    return (store) => store.observe(written);
  }

  read(name: string): Answer | undefined {
    const found = this.#objects.get(name);
    return found && ((store) => store.observe(found));
  }

  delete(name: string): Answer | undefined {
    const found = this.#objects.get(name);
    if (!found) return undefined;
    this.#objects.delete(name);
    this.#events.push({ type: 'remove', item: item(name, found.uid, ++this.#version) });
    return (store) => store.forget('ns', name, found.uid);
  }
}
