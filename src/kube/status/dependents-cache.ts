import { DevMachineError } from '../../devmachine/errors.ts';
import type { EventPart, MachinePart, PartKind } from '../../devmachine/status/dependents.ts';
import { Freshness } from '../cache/freshness.ts';
import type { Pulse } from '../cache/health.ts';
import { type Log, reflect } from '../cache/reflector.ts';
import { type Change, Store } from '../cache/store.ts';
import type { Clock } from '../client/backoff.ts';
import type { Connection } from '../client/transport.ts';
import { SOURCES, type Source } from '../resources/watched.ts';

export interface PartCache {
  /** Whether each kind has been read, or cannot be. */
  tried(): boolean;
  /** The kinds that cannot be seen in a namespace. */
  unknown(namespace: string): readonly PartKind[];
  /** Until when the parts in a namespace, or in all, are known to be what they are; by the clock. */
  until(namespace: string | undefined): number;
  /** Kinds of which nothing has been heard since `time` are unknown from now on, until something is. */
  expire(time: number): void;
  readonly running: readonly Promise<void>[];
}

export interface PartCacheOptions {
  readonly connection: Connection;
  /** Namespaces, each with watches of its own; undefined is the whole cluster. */
  readonly scopes: readonly (string | undefined)[];
  readonly clock: Clock;
  readonly log: Log;
  readonly pulse: Pulse;
  readonly silenceMs?: number | undefined;
  /** Whether the cluster can be reached at all: until then a failure says nothing of a kind. */
  readonly reached: () => boolean;
  readonly onChange: (change: Change<MachinePart | EventPart>, known: boolean) => void;
  /** A kind can be seen from now on, or no longer: in this namespace, or in all. */
  readonly onSight: (namespace: string | undefined) => void;
  /** A kind has been tried. */
  readonly onTried: () => void;
}

interface Sight {
  readonly kind: PartKind;
  readonly scope: string | undefined;
  readonly freshness: Freshness;
  tried: boolean;
  known: boolean;
}

/** Watches what machines are made of. A kind that may not be read is unknown, and is tried again and again. */
export function watchParts(options: PartCacheOptions, signal: AbortSignal): PartCache {
  const sights: Sight[] = [];
  const running = options.scopes.flatMap((scope) =>
    SOURCES.map((source) => {
      const freshness = new Freshness(options.clock, options.pulse);
      const sight: Sight = { kind: source.kind, scope, freshness, tried: false, known: false };
      sights.push(sight);
      return follow(source, sight, options, signal);
    }),
  );
  return {
    tried: () => sights.every(({ tried }) => tried),
    unknown(namespace) {
      const unseen = sights.filter(({ scope, known }) => !known && isIn(scope, namespace));
      return [...new Set(unseen.map(({ kind }) => kind))];
    },
    until(namespace) {
      let oldest = Number.POSITIVE_INFINITY;
      for (const { known, scope, freshness } of sights) {
        if (known && (namespace === undefined || isIn(scope, namespace))) {
          oldest = Math.min(oldest, freshness.until);
        }
      }
      return oldest;
    },
    expire(time) {
      for (const sight of sights) {
        if (!sight.known || sight.freshness.until >= time) continue;
        sight.known = false;
        options.log.warn({ kind: sight.kind }, 'nothing has been heard of a kind for too long');
        options.onSight(sight.scope);
      }
    },
    running,
  };
}

/** Whether a watch of `scope`, which is the whole cluster where it is undefined, tells of a namespace. */
export const isIn = (scope: string | undefined, namespace: string): boolean =>
  scope === undefined || scope === namespace;

function follow(source: Source, sight: Sight, options: PartCacheOptions, signal: AbortSignal): Promise<void> {
  const { connection, clock, log, pulse, silenceMs, onChange, onSight, onTried, reached } = options;
  const { path, query, reduce } = source;
  const store = new Store<MachinePart | EventPart>((err) => log.warn({ err }, 'a status could not be made'));
  store.subscribe((change) => onChange(change, sight.known));

  const onAnswer = (error: unknown) => {
    const refused = error instanceof DevMachineError && error.code === 'forbidden';
    sight.tried ||= error === undefined || refused || reached();
    // What has been seen once stays known while the cluster is away, as the machines themselves do.
    const known = error === undefined || (sight.known && !refused);
    if (known !== sight.known) {
      sight.known = known;
      onSight(sight.scope);
    }
    onTried();
  };
  const { freshness, scope } = sight;
  const reading = { connection, path: path(scope), query, reduce, store, clock, log, freshness, pulse };
  return reflect({ ...reading, silenceMs, onAnswer }, signal);
}
