import { Writable } from 'node:stream';
import { pino } from 'pino';
import { buildApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config.ts';
import { anyCaller } from '../../../src/devmachine/caller.ts';
import type { Machine } from '../../../src/devmachine/machine.ts';
import type { Metric } from '../../../src/devmachine/metric.ts';
import {
  DEPENDENT_KINDS,
  type Dependent,
  type DependentKind,
} from '../../../src/devmachine/status/dependents.ts';
import type { StatusSettings } from '../../../src/devmachine/status/settings.ts';
import { startHealthChecks } from '../../../src/kube/cache/health.ts';
import { openClient } from '../../../src/kube/client/client.ts';
import { systemClock } from '../../../src/kube/client/clock.ts';
import { loadKubeConfig } from '../../../src/kube/client/kubeconfig.ts';
import { openMachines } from '../../../src/kube/machines.ts';
import { metricsOf } from '../../../src/kube/metrics.ts';
import { openObjects } from '../../../src/kube/objects/index.ts';
import { machinesPath } from '../../../src/kube/resources/devmachine.ts';
import { Interner } from '../../../src/kube/resources/intern.ts';
import { WATCHED_RESOURCES } from '../../../src/kube/resources/watched.ts';
import { startDependentsCache } from '../../../src/kube/status/dependents-cache.ts';
import { createDependentsIndex } from '../../../src/kube/status/dependents-index.ts';
import { type MachineCache, startMachineCache } from '../../../src/kube/status/machine-cache.ts';
import { openWrites } from '../../../src/kube/writes.ts';
import { until } from '../../support/until.ts';
import type { Environment } from './environment.ts';
import { WATCHES } from './exchange.ts';
import { DeltaRecorder, StatusRecorder } from './recorders.ts';

/** The watches of a backend: of machines, and of each kind of dependents twice (see startBackend). */
export const WATCH_COUNT = 1 + 2 * WATCHED_RESOURCES.length;

export interface BackendOptions {
  readonly kubeconfig: string;
  /** Namespaces to watch; empty: the whole cluster. */
  readonly namespaces?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How long a watch may send nothing before a new one replaces it, in ms. */
  readonly silenceMs?: number | undefined;
}

/** The backend in this process, composed as in src/main.ts, with recorders that subscribe to its caches. */
export interface Backend {
  readonly url: string;
  readonly namespaces: readonly string[];
  readonly cache: MachineCache;
  readonly metrics: readonly Metric[];
  readonly statusSettings: StatusSettings;
  readonly signal: AbortSignal;
  readonly recorders: {
    readonly machines: DeltaRecorder<Machine>;
    readonly dependents: ReadonlyMap<DependentKind, DeltaRecorder<Dependent>>;
    readonly statuses: StatusRecorder;
  };
  /** Log lines of level warn and above. */
  readonly warnings: readonly string[];
  /** Whether recorders accept a version twice, because the cluster is restored from a backup. */
  allowRepeats(allowed: boolean): void;
  /** Deltas and updates that no subscriber should receive. */
  violations(): string[];
  stop(): Promise<void>;
}

export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { kubeconfig, namespaces = [], env = {}, silenceMs } = options;
  const config = loadConfig({ PORT: '0', ...env });
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, warningsTo(warnings));
  const stop = new AbortController();
  const { signal } = stop;
  const { clusterTimeoutMs: timeoutMs, maxStalenessMs, statusSettings } = config;
  const client = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs });
  const context = { client, log: logger, silenceMs };
  const cache = startMachineCache({ ...context, namespaces, maxStalenessMs, statusSettings }, signal);
  const machines = openMachines(client, cache, config);
  const writes = openWrites(client, cache, config);
  const recorders = {
    machines: new DeltaRecorder<Machine>('machine'),
    dependents: new Map(DEPENDENT_KINDS.map((kind) => [kind, new DeltaRecorder<Dependent>(kind)])),
    statuses: new StatusRecorder(),
  };
  const scopes = namespaces.length > 0 ? namespaces : [undefined];
  for (const scope of scopes) cache.store(scope ?? '')?.subscribe(recorders.machines.onDelta);
  cache.view.subscribe(recorders.statuses.onUpdate);
  // The machine cache does not expose its dependents. A second dependents cache, with the same options, feeds the recorders.
  const clock = systemClock;
  const [scope = ''] = namespaces;
  const paths = scopes.map(machinesPath);
  const version = () => cache.store(scope)?.version;
  const index = createDependentsIndex();
  const dependents = startDependentsCache(
    {
      ...context,
      scopes,
      interner: new Interner(),
      clock,
      health: startHealthChecks({ ...context, paths, version, onAnswer: () => undefined, clock }, signal),
      reached: () => cache.synced(),
      index,
      onDelta(delta) {
        index.apply(delta);
        recorders.dependents.get(delta.item.kind)?.onDelta(delta as never);
      },
      onVisibilityChange: () => undefined,
      onAttempt: () => undefined,
    },
    signal,
  );
  const objects = openObjects(client, cache, machines);
  const callers = anyCaller({ machines: writes.asBackend, objects: objects.asBackend });
  const app = await buildApp(config, { machines, callers, logger });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const deltaRecorders = [recorders.machines, ...recorders.dependents.values()];
  return {
    url,
    namespaces,
    cache,
    metrics: metricsOf([client], cache, writes),
    statusSettings,
    signal,
    recorders,
    warnings,
    allowRepeats(allowed) {
      for (const recorder of deltaRecorders) recorder.allowRepeats = allowed;
    },
    violations: () => [...deltaRecorders, recorders.statuses].flatMap(({ violations }) => violations),
    async stop() {
      await app.close();
      stop.abort();
      await Promise.all([cache.stopped, dependents.stopped]);
      await client.close();
    },
  };
}

export const untilSynced = ({ cache }: Backend): Promise<void> =>
  until('the cache to be synced', () => cache.synced());

export const untilUnreachable = ({ cache }: Backend): Promise<void> =>
  until('the cluster to be unreachable', () => cache.unreachable());

/** Resolves when the API server has accepted all watches of the backend. */
export const untilWatching = ({ proxy }: Environment): Promise<void> =>
  until('all watches to be open', () => {
    const accepted = proxy.exchanges(WATCHES).filter(({ response }) => response.headersSent);
    return accepted.length >= WATCH_COUNT;
  });

const warningsTo = (lines: string[]): Writable =>
  new Writable({
    write(chunk, _, done) {
      const { time, path = '', err, msg, waitMs = '' } = JSON.parse(String(chunk));
      lines.push(`${new Date(time).toISOString()} ${path} ${msg} ${err?.message ?? ''} ${waitMs}`);
      done();
    },
  });
