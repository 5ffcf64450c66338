import type { Machine } from '../../devmachine/machine.ts';
import { Freshness } from '../cache/freshness.ts';
import { startHealthCheck } from '../cache/health.ts';
import { type Log, reflect } from '../cache/reflector.ts';
import { compareVersions } from '../cache/resource-version.ts';
import { Store } from '../cache/store.ts';
import { systemClock } from '../client/clock.ts';
import type { Connection } from '../client/transport.ts';
import { type MachineObject, machinesPath, toMachine } from '../resources/devmachine.ts';
import { type DependentsCache, isIn, watchDependents } from './dependents-cache.ts';
import { createDependentsIndex } from './dependents-index.ts';
import { openStatusView, type StatusView } from './status-view.ts';

/** The machines of the whole cluster, or of some namespaces, and what they are made of: a watch each. */
export interface MachineCache {
  /** Whether all machines are known, and of what they are made of all that may be. */
  synced(): boolean;
  /** Resolves when the first machines have come, or could not be had. */
  readonly begun: Promise<void>;
  /** How long ago, in ms, what is cached of a namespace, or of all, was last known to be what the cluster has. */
  ageMs(namespace: string | undefined): number;
  /** Whether the cluster does not answer at present. */
  away(): boolean;
  /** undefined for a namespace that is not watched. */
  store(namespace: string): Store<Machine> | undefined;
  readonly view: StatusView;
  /** Resolves when all watches have ended. */
  readonly stopped: Promise<unknown>;
}

export interface MachineCacheOptions {
  readonly connection: Connection;
  /** Empty: the whole cluster. */
  readonly namespaces: readonly string[];
  /** After how long a kind of which nothing is heard is unknown. */
  readonly maxStalenessMs: number;
  /** After how long without a word a watch is made anew; see reflector.ts. */
  readonly silenceMs?: number | undefined;
  readonly log: Log;
}

/** Each read asks for the age. One that is not looked up anew is too old by so much at most, and never too young. */
const RENEW_AGE_MS = 100;

/** Begins to watch; ends with `signal`. */
export function watchMachines(options: MachineCacheOptions, signal: AbortSignal): MachineCache {
  const { connection, namespaces, maxStalenessMs, silenceMs, log } = options;
  const clock = systemClock;
  const scopes = namespaces.length > 0 ? [...new Set(namespaces)] : [undefined];
  const stores = new Map(scopes.map((scope) => [scope, newStore(log)]));
  /** The one store there is, where the whole cluster is watched. */
  const everything = stores.get(undefined);
  const machinesSynced = () => [...stores.values()].every((store) => store.synced);
  let wasSynced = false;
  const synced = () => {
    wasSynced ||= machinesSynced() && parts.tried();
    return wasSynced;
  };
  let filled = false;
  const begun = Promise.withResolvers<void>();
  const index = createDependentsIndex();
  const pulse = startHealthCheck(
    {
      connection,
      path: machinesPath(scopes[0]),
      version: () => newest([...stores.values()].map(({ version }) => version)),
      onAnswer: () => parts.expire(clock.now() - maxStalenessMs),
      clock,
      log,
    },
    signal,
  );
  const view = openStatusView(
    [...stores.values()],
    (machine) => index.of(machine, parts.unknown(machine.namespace)),
    onListenerError(log),
  );
  const freshness = new Map(scopes.map((scope) => [scope, new Freshness(clock, pulse)]));
  // First of all, because it takes longest.
  const running = [...stores].map(([scope, store]) => {
    const fresh = freshness.get(scope) as Freshness;
    const reading = {
      connection,
      path: machinesPath(scope),
      transform,
      store,
      clock,
      log,
      freshness: fresh,
      pulse,
    };
    const onAnswer = () => {
      begun.resolve();
      fillOnceSynced();
    };
    return reflect({ ...reading, silenceMs, onPage: begun.resolve, onAnswer }, signal);
  });
  const parts: DependentsCache = watchDependents(
    {
      connection,
      scopes,
      clock,
      log,
      pulse,
      silenceMs,
      reached: machinesSynced,
      onChange(change, known) {
        const touched = index.apply(change);
        // While a kind is read for the first time, its parts do not count; then all statuses are made anew, at once.
        if (known) view.refresh(touched);
      },
      onVisibilityChange: (namespace) => view.refreshAll(namespace),
      onAttempt: fillOnceSynced,
    },
    signal,
  );
  const untils = new Map<string | undefined, { readonly until: number; readonly at: number }>();
  function fillOnceSynced(): void {
    if (filled || !synced()) return;
    filled = true;
    void view.fill(signal);
  }

  return {
    synced,
    begun: begun.promise,
    ageMs(namespace) {
      const now = clock.now();
      const scope = everything ? undefined : namespace;
      const known = untils.get(scope);
      if (known && now - known.at < RENEW_AGE_MS) return Math.max(0, now - known.until);
      let until = parts.until(scope);
      for (const [watched, watch] of freshness) {
        if (scope === undefined || isIn(watched, scope)) until = Math.min(until, watch.until);
      }
      untils.set(scope, { until, at: now });
      return Math.max(0, now - until);
    },
    away: () => pulse.away,
    store: (namespace) => everything ?? stores.get(namespace),
    view,
    stopped: Promise.all([...running, ...parts.running]),
  };
}

const newest = (versions: readonly (string | undefined)[]): string | undefined =>
  versions.reduce((one, other) =>
    one && other ? (compareVersions(one, other) < 0 ? other : one) : (one ?? other),
  );

const transform = (object: unknown): Machine => toMachine(object as MachineObject);

const onListenerError = (log: Log) => (error: unknown) =>
  log.warn({ err: error }, 'a subscriber of the cache failed');

const newStore = (log: Log): Store<Machine> => new Store(onListenerError(log));
