import { Writable } from 'node:stream';
import { pino } from 'pino';
import { buildApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config.ts';
import type { Machine } from '../../../src/devmachine/machine.ts';
import type { Machines } from '../../../src/devmachine/machines.ts';
import {
  DEPENDENT_KINDS,
  type Dependent,
  type DependentKind,
  type LabeledDependent,
  type PodEvent,
} from '../../../src/devmachine/status/dependents.ts';
import { startHealthChecks } from '../../../src/kube/cache/health.ts';
import { openClient } from '../../../src/kube/client/client.ts';
import { systemClock } from '../../../src/kube/client/clock.ts';
import { loadKubeConfig } from '../../../src/kube/client/kubeconfig.ts';
import { openMachines } from '../../../src/kube/machines.ts';
import { machinesPath } from '../../../src/kube/resources/devmachine.ts';
import { Interner } from '../../../src/kube/resources/intern.ts';
import { WATCHED_RESOURCES } from '../../../src/kube/resources/watched.ts';
import { startDependentsCache } from '../../../src/kube/status/dependents-cache.ts';
import { type MachineCache, startMachineCache } from '../../../src/kube/status/machine-cache.ts';
import { Shadow, StatusShadow } from './shadow.ts';

/** Of machines, and of each kind of part twice; see below. */
export const WATCHES = 1 + 2 * WATCHED_RESOURCES.length;

export interface StackOptions {
  readonly kubeconfig: string;
  /** Empty: the whole cluster. */
  readonly namespaces?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly silenceMs?: number | undefined;
}

/** The backend in this process, as src/main.ts puts it together, with subscribers that write down what they are told. */
export interface Stack {
  readonly url: string;
  readonly namespaces: readonly string[];
  readonly cache: MachineCache;
  readonly machines: Machines;
  readonly signal: AbortSignal;
  readonly shadows: {
    readonly machines: Shadow<Machine>;
    readonly parts: ReadonlyMap<DependentKind, Shadow<Dependent>>;
    readonly statuses: StatusShadow;
  };
  /** What it has logged as a warning or worse. */
  readonly warnings: readonly string[];
  /** Whether what was there once may come again, because the cluster itself goes back in time. */
  mayRepeat(may: boolean): void;
  /** What subscribers were told wrongly. */
  wrongs(): string[];
  stop(): Promise<void>;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const { kubeconfig, namespaces = [], env = {}, silenceMs } = options;
  const config = loadConfig({ PORT: '0', CLUSTER_TIMEOUT_SECONDS: '5', ...env });
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, warningsTo(warnings));
  const stop = new AbortController();
  const { signal } = stop;
  const { clusterTimeoutMs: timeoutMs, maxStalenessMs } = config;
  const client = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs });
  const reading = { client, log: logger, silenceMs };
  const cache = startMachineCache({ ...reading, namespaces, maxStalenessMs }, signal);
  const machines = openMachines(client, cache, config);
  const shadows = {
    machines: new Shadow<Machine>('machine'),
    parts: new Map(DEPENDENT_KINDS.map((kind) => [kind, new Shadow<Dependent>(kind)])),
    statuses: new StatusShadow(),
  };
  const scopes = namespaces.length > 0 ? namespaces : [undefined];
  for (const scope of scopes) cache.store(scope ?? '')?.subscribe(shadows.machines.listen);
  cache.view.subscribe(shadows.statuses.listen);
  // The cache keeps its own to itself; these are fed in the same way.
  const clock = systemClock;
  const [scope = ''] = namespaces;
  const path = machinesPath(scope || undefined);
  const version = () => cache.store(scope)?.version;
  const dependents = startDependentsCache(
    {
      ...reading,
      scopes,
      interner: new Interner(),
      clock,
      health: startHealthChecks({ ...reading, path, version, onAnswer: () => undefined, clock }, signal),
      reached: () => cache.synced(),
      onDelta: (delta) => shadows.parts.get(delta.item.kind)?.listen(delta as never),
      onVisibilityChange: () => undefined,
      onAttempt: () => undefined,
    },
    signal,
  );
  const app = await buildApp(config, { machines, logger });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const all = [shadows.machines, ...shadows.parts.values(), shadows.statuses];
  return {
    url,
    namespaces,
    cache,
    machines,
    signal,
    shadows,
    warnings,
    mayRepeat(may) {
      for (const shadow of [shadows.machines, ...shadows.parts.values()]) shadow.mayRepeat = may;
    },
    wrongs: () => all.flatMap(({ wrongs }) => wrongs),
    async stop() {
      await app.close();
      stop.abort();
      await Promise.all([cache.stopped, dependents.stopped]);
      await client.close();
    },
  };
}

export type AnyPart = LabeledDependent | PodEvent;

const warningsTo = (lines: string[]): Writable =>
  new Writable({
    write(chunk, _, done) {
      const { time, path = '', err, msg, waitMs = '' } = JSON.parse(String(chunk));
      lines.push(`${new Date(time).toISOString()} ${path} ${msg} ${err?.message ?? ''} ${waitMs}`);
      done();
    },
  });
