import type { Clock } from '../client/clock.ts';
import type { KubeClient } from '../client/transport.ts';
import { Freshness } from './freshness.ts';
import type { ClusterHealth } from './health.ts';
import type { Log } from './log.ts';
import { runReflector } from './reflector.ts';
import type { Admission } from './relist.ts';
import { Store, type Stored } from './store.ts';

/** One kind of objects to watch. */
export interface Resource<T> {
  /** Path of the collection in a namespace, or in the whole cluster. */
  readonly path: (namespace: string | undefined) => string;
  /** labelSelector and fieldSelector; without them, the whole collection. */
  readonly selectors?: Readonly<Record<string, string>>;
  /** Converts each object on arrival (client-go's TransformFunc): what it leaves out is not kept in memory. */
  readonly transform: (object: unknown) => T;
  /** Without it, all objects are kept. */
  readonly admission?: Admission<T> | undefined;
}

/** What all informers of a process share. */
export interface InformerContext {
  readonly client: KubeClient;
  readonly health: ClusterHealth;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a watch may send nothing before a new one replaces it, in ms. */
  readonly silenceMs?: number | undefined;
}

export interface InformerHooks {
  /** A page of a list has arrived. */
  readonly onPage?: () => void;
  /** A list or watch succeeded (undefined), or failed with this error. */
  readonly onAttempt?: (error: unknown) => void;
}

/** A copy of the objects of one kind, in one namespace or in the whole cluster, that follows the cluster. */
export class Informer<T extends Stored> {
  /** Namespace that is watched; undefined: the whole cluster. */
  readonly namespace: string | undefined;
  readonly store: Store<T>;
  readonly #resource: Resource<T>;
  readonly #context: InformerContext;
  readonly #freshness: Freshness;

  constructor(resource: Resource<T>, namespace: string | undefined, context: InformerContext) {
    const { clock, health, log } = context;
    this.namespace = namespace;
    this.store = new Store((error) => log.warn({ err: error }, 'a subscriber of the cache failed'));
    this.#resource = resource;
    this.#context = context;
    this.#freshness = new Freshness(clock, health);
  }

  /** Whether the store has held the whole collection once. */
  get synced(): boolean {
    return this.store.synced;
  }

  /** Until when the store is known to equal the cluster, in ms of the clock. */
  get freshUntil(): number {
    return this.#freshness.until;
  }

  /** Whether the informer watches this namespace. */
  covers(namespace: string): boolean {
    return this.namespace === undefined || this.namespace === namespace;
  }

  /** Follows the cluster until `signal` is aborted. */
  run(signal: AbortSignal, hooks: InformerHooks = {}): Promise<void> {
    const { client, health, clock, log, silenceMs } = this.#context;
    const { path, selectors = {}, transform, admission } = this.#resource;
    const source = { client, path: path(this.namespace), selectors, transform, admission };
    const target = { store: this.store, freshness: this.#freshness };
    return runReflector({ ...source, ...target, health, clock, log, silenceMs, ...hooks }, signal);
  }
}
