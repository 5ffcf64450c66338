import type { Delta } from '../../../src/kube/cache/listeners.ts';
import { Store, type Stored } from '../../../src/kube/cache/store.ts';

export const item = (name: string, uid: string, version: number | string): Stored => ({
  namespace: 'ns',
  name,
  uid,
  resourceVersion: String(version),
});

/** An object as the API server sends it; `transform` converts it to an item. */
export const object = (name: string, uid: string, version: number | string) => ({
  metadata: item(name, uid, version),
});

export const transform = (value: unknown): Stored => (value as ReturnType<typeof object>).metadata;

export const newStore = (): Store<Stored> =>
  new Store((error) => {
    throw error;
  });

/** A store after its first list, and its deltas from then on. */
export function syncedStore(version: number, ...items: Stored[]) {
  const store = newStore();
  store.replace(items, String(version));
  return { store, deltas: record(store) };
}

const format = ({ name, uid, resourceVersion }: Stored): string => `${name} ${uid} ${resourceVersion}`;

/** The items of a store, one line each. */
export const contents = (store: Store<Stored>): string[] => [...store.values()].map(format).sort();

/** Records every delta of a store from now on, one line each. */
export function record(store: Store<Stored>): string[] {
  const deltas: string[] = [];
  store.subscribe(({ type, item }: Delta<Stored>) => deltas.push(`${type} ${format(item)}`));
  return deltas;
}
