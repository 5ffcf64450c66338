import type { Machine } from '../../src/devmachine/machine.ts';
import type { DependentKind, WatchedDependent } from '../../src/devmachine/status/dependents.ts';
import type { MachineStatus } from '../../src/devmachine/status/status.ts';
import type { StatusDocument } from '../../src/devmachine/status/status-document.ts';
import { Store } from '../../src/kube/cache/store.ts';
import { type MachineObject, toMachine } from '../../src/kube/resources/devmachine.ts';
import { Interner } from '../../src/kube/resources/intern.ts';
import { WATCHED_RESOURCES } from '../../src/kube/resources/watched.ts';
import { createDependentsIndex } from '../../src/kube/status/dependents-index.ts';
import { createStatusView } from '../../src/kube/status/status-view.ts';
import type { Raw } from './objects.ts';

const fail = (error: unknown) => {
  throw error;
};

/** The caches of the backend, filled by the test instead of by watches. */
export function watched(unknown: readonly DependentKind[] = []) {
  const machines = new Store<Machine>(fail);
  const interner = new Interner();
  const index = createDependentsIndex();
  const view = createStatusView([machines], (machine) => index.of(machine, unknown), fail);
  const stores = new Map<string, Store<WatchedDependent>>();
  machines.replace([], '0');
  for (const { kind } of WATCHED_RESOURCES) {
    const store = new Store<WatchedDependent>(fail);
    store.replace([], '0');
    store.subscribe((change) => view.refresh(index.apply(change)));
    stores.set(kind, store);
  }
  const transform = new Map(WATCHED_RESOURCES.map((source) => [source.kind as string, source.transform]));
  return {
    view,
    machine: (object: Raw) => machines.upsert(toMachine(object as MachineObject, interner)),
    put: (object: Raw) => {
      const { kind } = object;
      const item = transform.get(kind)?.(object, interner);
      if (item) stores.get(kind)?.upsert(item);
    },
    remove: (object: Raw) => {
      const item = transform.get(object.kind)?.(object, interner);
      if (item) stores.get(object.kind)?.remove(item);
    },
  };
}

/** The status in a document. */
export const documentOf = (document: StatusDocument | undefined): MachineStatus =>
  JSON.parse(document?.json ?? 'null');
