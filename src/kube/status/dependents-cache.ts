import { DevMachineError } from '../../devmachine/errors.ts';
import type { DependentKind, LabeledDependent, PodEvent } from '../../devmachine/status/dependents.ts';
import { Freshness } from '../cache/freshness.ts';
import type { ClusterHealth } from '../cache/health.ts';
import { type Log, reflect } from '../cache/reflector.ts';
import { type Delta, Store } from '../cache/store.ts';
import type { Clock } from '../client/backoff.ts';
import type { Connection } from '../client/transport.ts';
import { WATCHED_RESOURCES, type WatchedResource } from '../resources/watched.ts';

export interface DependentsCache {
  /** Whether each kind has been read, or cannot be. */
  tried(): boolean;
  /** The kinds that cannot be seen in a namespace. */
  unknown(namespace: string): readonly DependentKind[];
  /** Until when the parts in a namespace, or in all, are known to be what they are; by the clock. */
  until(namespace: string | undefined): number;
  /** Kinds of which nothing has been heard since `time` are unknown from now on, until something is. */
  expire(time: number): void;
  readonly running: readonly Promise<void>[];
}

export interface DependentsCacheOptions {
  readonly connection: Connection;
  /** Namespaces, each with watches of its own; undefined is the whole cluster. */
  readonly scopes: readonly (string | undefined)[];
  readonly clock: Clock;
  readonly log: Log;
  readonly pulse: ClusterHealth;
  readonly silenceMs?: number | undefined;
  /** Whether the cluster can be reached at all: until then a failure says nothing of a kind. */
  readonly reached: () => boolean;
  readonly onChange: (change: Delta<LabeledDependent | PodEvent>, known: boolean) => void;
  /** A kind can be seen from now on, or no longer: in this namespace, or in all. */
  readonly onVisibilityChange: (namespace: string | undefined) => void;
  /** A kind has been tried. */
  readonly onAttempt: () => void;
}

interface WatchState {
  readonly kind: DependentKind;
  readonly scope: string | undefined;
  readonly freshness: Freshness;
  tried: boolean;
  known: boolean;
}

/** Watches what machines are made of. A kind that may not be read is unknown, and is tried again and again. */
export function watchDependents(options: DependentsCacheOptions, signal: AbortSignal): DependentsCache {
  const watchStates: WatchState[] = [];
  const running = options.scopes.flatMap((scope) =>
    WATCHED_RESOURCES.map((source) => {
      const freshness = new Freshness(options.clock, options.pulse);
      const watchState: WatchState = { kind: source.kind, scope, freshness, tried: false, known: false };
      watchStates.push(watchState);
      return follow(source, watchState, options, signal);
    }),
  );
  return {
    tried: () => watchStates.every(({ tried }) => tried),
    unknown(namespace) {
      const unseen = watchStates.filter(({ scope, known }) => !known && isIn(scope, namespace));
      return [...new Set(unseen.map(({ kind }) => kind))];
    },
    until(namespace) {
      let oldest = Number.POSITIVE_INFINITY;
      for (const { known, scope, freshness } of watchStates) {
        if (known && (namespace === undefined || isIn(scope, namespace))) {
          oldest = Math.min(oldest, freshness.until);
        }
      }
      return oldest;
    },
    expire(time) {
      for (const watchState of watchStates) {
        if (!watchState.known || watchState.freshness.until >= time) continue;
        watchState.known = false;
        options.log.warn({ kind: watchState.kind }, 'nothing has been heard of a kind for too long');
        options.onVisibilityChange(watchState.scope);
      }
    },
    running,
  };
}

/** Whether a watch of `scope`, which is the whole cluster where it is undefined, tells of a namespace. */
export const isIn = (scope: string | undefined, namespace: string): boolean =>
  scope === undefined || scope === namespace;

function follow(
  source: WatchedResource,
  watchState: WatchState,
  options: DependentsCacheOptions,
  signal: AbortSignal,
): Promise<void> {
  const { connection, clock, log, pulse, silenceMs, onChange, onVisibilityChange, onAttempt, reached } =
    options;
  const { path, query, transform } = source;
  const store = new Store<LabeledDependent | PodEvent>((err) =>
    log.warn({ err }, 'a status could not be made'),
  );
  store.subscribe((change) => onChange(change, watchState.known));

  const onAnswer = (error: unknown) => {
    const refused = error instanceof DevMachineError && error.code === 'forbidden';
    watchState.tried ||= error === undefined || refused || reached();
    // What has been seen once stays known while the cluster is away, as the machines themselves do.
    const known = error === undefined || (watchState.known && !refused);
    if (known !== watchState.known) {
      watchState.known = known;
      onVisibilityChange(watchState.scope);
    }
    onAttempt();
  };
  const { freshness, scope } = watchState;
  const reading = { connection, path: path(scope), query, transform, store, clock, log, freshness, pulse };
  return reflect({ ...reading, silenceMs, onAnswer }, signal);
}
