import type { Machine } from '../../devmachine/machine.ts';
import type { Namespaces } from '../../devmachine/namespaces.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { DependentKind, Dependents, Pod } from '../../devmachine/status/dependents.ts';
import { toContext } from '../../devmachine/status/diagnosis/diagnosis.ts';
import type { StatusSettings } from '../../devmachine/status/settings.ts';
import { MachineDocument, type StatusDocument } from '../../devmachine/status/status-document.ts';
import { startHealthChecks } from '../cache/health.ts';
import { Informer, type InformerContext } from '../cache/informer.ts';
import type { Log } from '../cache/log.ts';
import { newestVersion } from '../cache/resource-version.ts';
import type { Store } from '../cache/store.ts';
import { systemClock } from '../client/clock.ts';
import type { KubeClient } from '../client/transport.ts';
import { type MachineObject, machinesPath, toMachine } from '../resources/devmachine.ts';
import { Interner } from '../resources/intern.ts';
import { startDependentsCache } from './dependents-cache.ts';
import { createDependentsIndex } from './dependents-index.ts';
import { startNamespaceCache } from './namespace-cache.ts';
import { createStatusView, type StatusView } from './status-view.ts';

/** The machines of the whole cluster, or of some namespaces, with their dependents and statuses. */
export interface MachineCache {
  readonly view: StatusView;
  /** Whether all machines were listed once, and all dependents that may be read, and each machine has its status. */
  synced(): boolean;
  /** Resolves when the first page of machines has arrived, or the first attempt has failed. */
  readonly started: Promise<void>;
  /** How long ago the cache of a namespace, or of all, was last known to equal the cluster, in ms. */
  ageMs(namespace: string | undefined): number;
  /** Whether the cluster does not answer at present. */
  unreachable(): boolean;
  /** The store of a namespace; undefined if the namespace is not watched. */
  store(namespace: string): Store<Machine> | undefined;
  /** Converts an object in a response, for `store.observe`. */
  toMachine(object: MachineObject): Machine;
  /** The status of a machine that the view does not know. */
  toDocument(machine: Machine): StatusDocument;
  /** The guard of a machine's Deployment; undefined if it is not known. */
  guard(key: MachineKey): string | undefined;
  /** The pod that counts for the status of a machine; undefined if there is none, `unknown` if pods are not visible. */
  pod(key: MachineKey): Pod | 'unknown' | undefined;
  /** The namespaces that are served, by name. */
  namespaces(): Namespaces;
  /** How many objects of each kind of dependents the cache holds. */
  dependentSizes(): ReadonlyMap<DependentKind, number>;
  /** Resolves when all watches have ended. */
  readonly stopped: Promise<unknown>;
}

export interface MachineCacheOptions {
  readonly client: KubeClient;
  /** Namespaces to watch; empty: the whole cluster. */
  readonly namespaces: readonly string[];
  /** How long a kind of dependents may be out of date before it is unknown, in ms. */
  readonly maxStalenessMs: number;
  readonly statusSettings: StatusSettings;
  /** How long a watch may send nothing before a new one replaces it, in ms. */
  readonly silenceMs?: number | undefined;
  readonly log: Log;
}

/** Age is cached for this long: it may be overstated by that much, never understated. */
const AGE_TTL_MS = 100;

/**
 * Starts to watch; ends with `signal`. A watch event takes this way to a status:
 *
 *     informer ──delta──▶ dependents index ──affected machines──▶ status view ──▶ reads, subscribers
 */
export function startMachineCache(options: MachineCacheOptions, signal: AbortSignal): MachineCache {
  const { client, namespaces, maxStalenessMs, statusSettings, silenceMs, log } = options;
  const clock = systemClock;
  const scopes = namespaces.length > 0 ? [...new Set(namespaces)] : [undefined];
  const interner = new Interner();
  const index = createDependentsIndex();
  const started = Promise.withResolvers<void>();
  const informers: Informer<Machine>[] = [];

  const health = startHealthChecks(
    {
      client,
      paths: scopes.map(machinesPath),
      version: () => newestVersion(informers.map(({ store }) => store.version)),
      onAnswer: () => dependents.expire(clock.now() - maxStalenessMs),
      clock,
      log,
    },
    signal,
  );
  const context: InformerContext = { client, health, clock, log, silenceMs };
  const convert = (object: unknown) => toMachine(object as MachineObject, interner);
  const resource = { path: machinesPath, transform: convert };
  informers.push(...scopes.map((scope) => new Informer<Machine>(resource, scope, context)));
  const stores = new Map(informers.map(({ namespace, store }) => [namespace, store]));
  const machinesSynced = () => informers.every(({ synced }) => synced);
  function dependentsOf(machine: Machine): Dependents {
    const { namespace } = machine;
    const hidden = { unknown: dependents.unknown(namespace), notServed: dependents.notServed(namespace) };
    return index.of(machine, hidden);
  }
  const toDocument = (machine: Machine): MachineDocument =>
    new MachineDocument(machine, dependentsOf(machine), statusSettings);
  const view = createStatusView(
    informers.map(({ store }) => store),
    toDocument,
    (error) => log.warn({ err: error }, 'a status could not be renewed, or a subscriber failed'),
  );
  // The machines first: their list takes longest.
  const onAttempt = () => {
    started.resolve();
    fillOnceSynced();
  };
  const running = informers.map((informer) => informer.run(signal, { onPage: started.resolve, onAttempt }));
  const dependents = startDependentsCache(
    {
      ...context,
      scopes,
      interner,
      reached: machinesSynced,
      index,
      onDelta(delta, visible) {
        const affected = index.apply(delta);
        // Objects of a kind that is not visible yet do not count. When it becomes visible, all statuses are renewed.
        if (visible) view.refresh(affected);
      },
      onVisibilityChange: (namespace) => view.refreshAll(namespace),
      onAttempt: fillOnceSynced,
    },
    signal,
  );

  const watchesCluster = namespaces.length === 0;
  const storeOf = (namespace: string) => stores.get(watchesCluster ? undefined : namespace);
  const namespaceCache = watchesCluster ? startNamespaceCache(context, maxStalenessMs, signal) : undefined;
  function servedNamespaces(): Namespaces {
    if (!namespaceCache)
      return { names: [...stores.keys()].filter((name) => name !== undefined).sort(), incomplete: false };
    const known = () => [...new Set(view.list(undefined).map(({ namespace }) => namespace))];
    return namespaceCache.all() ?? { names: known(), incomplete: true };
  }

  let isListed = false;
  let isFilled = false;
  function fillOnceSynced(): void {
    if (isListed || !machinesSynced() || !dependents.attempted()) return;
    isListed = true;
    void view.fill().then(() => {
      isFilled = true;
    });
  }

  function freshUntil(namespace: string | undefined): number {
    let oldest = dependents.freshUntil(namespace);
    for (const informer of informers) {
      if (namespace === undefined || informer.covers(namespace))
        oldest = Math.min(oldest, informer.freshUntil);
    }
    return oldest;
  }

  const knownUntil = new Map<string | undefined, { readonly until: number; readonly at: number }>();

  return {
    view,
    synced: () => isFilled,
    started: started.promise,
    ageMs(namespace) {
      const now = clock.now();
      const scope = watchesCluster ? undefined : namespace;
      const known = knownUntil.get(scope);
      if (known && now - known.at < AGE_TTL_MS) return Math.max(0, now - known.until);
      const until = freshUntil(scope);
      knownUntil.set(scope, { until, at: now });
      return Math.max(0, now - until);
    },
    unreachable: () => health.unreachable,
    store: storeOf,
    toMachine: convert,
    toDocument,
    guard({ namespace, name }) {
      const machine = storeOf(namespace)?.get(namespace, name);
      return (
        machine && dependentsOf(machine).deployments.find(({ ownerUid }) => ownerUid === machine.uid)?.guard
      );
    },
    pod({ namespace, name }) {
      const machine = storeOf(namespace)?.get(namespace, name);
      if (!machine) return undefined;
      const known = dependentsOf(machine);
      return known.unknown.includes('Pod') ? 'unknown' : toContext(machine, known, statusSettings).pod;
    },
    namespaces: servedNamespaces,
    dependentSizes: () => dependents.sizes(),
    stopped: Promise.all([...running, dependents.stopped, namespaceCache?.stopped]),
  };
}
