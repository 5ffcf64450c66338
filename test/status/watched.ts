import { loadConfig } from '../../src/config.ts';
import type { Machine } from '../../src/devmachine/machine.ts';
import type { DependentKind, WatchedDependent } from '../../src/devmachine/status/dependents.ts';
import type { StatusSettings } from '../../src/devmachine/status/settings.ts';
import type { MachineStatus } from '../../src/devmachine/status/status.ts';
import { MachineDocument, type StatusDocument } from '../../src/devmachine/status/status-document.ts';
import { Store } from '../../src/kube/cache/store.ts';
import { type MachineObject, toMachine } from '../../src/kube/resources/devmachine.ts';
import { Interner } from '../../src/kube/resources/intern.ts';
import { WATCHED_RESOURCES } from '../../src/kube/resources/watched.ts';
import { createDependentsIndex } from '../../src/kube/status/dependents-index.ts';
import { createStatusView } from '../../src/kube/status/status-view.ts';
import type { Raw } from './objects.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { ownerOf, stored, storedMachine, TERMINATING } from './stored.ts';

const { statusSettings: DEFAULTS } = loadConfig({});

const fail = (error: unknown) => {
  throw error;
};

interface WatchedOptions {
  readonly unknown?: readonly DependentKind[];
  readonly notServed?: readonly DependentKind[];
  readonly settings?: StatusSettings;
}

/** The caches of the backend, filled by the test instead of by watches. */
export function watched({ unknown = [], notServed = [], settings = DEFAULTS }: WatchedOptions = {}) {
  const machines = new Store<Machine>(fail);
  const interner = new Interner();
  const index = createDependentsIndex();
  const toDocument = (machine: Machine) =>
    new MachineDocument(machine, index.of(machine, { unknown, notServed }), settings);
  const view = createStatusView([machines], toDocument, fail);
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

export const KEY = { namespace: 'team', name: 'machine-1' };

/** The status of the machine-1 in the namespace team with the objects of a scenario. */
export function statusOf(scenario: Scenario, options: WatchedOptions = {}): MachineStatus {
  const owner = ownerOf(KEY, scenario);
  const { view, machine, put } = watched(options);
  const ending = scenario.terminating?.(owner) ?? [];
  machine(storedMachine(owner, scenario));
  scenario.objects(owner).forEach((raw: Raw, index) => {
    put(stored(raw, index + 1, ending.includes(raw.metadata.name) ? TERMINATING : {}));
  });
  return documentOf(view.get(KEY.namespace, KEY.name));
}
