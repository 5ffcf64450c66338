import { once } from 'node:events';
import { DevMachineError } from '../../devmachine/errors.ts';
import type { DependentKind, PodEvent, WatchedDependent } from '../../devmachine/status/dependents.ts';
import { Informer, type InformerContext } from '../cache/informer.ts';
import type { Delta } from '../cache/listeners.ts';
import type { Admission } from '../cache/relist.ts';
import { NotServedError } from '../client/api-errors.ts';
import type { Interner } from '../resources/intern.ts';
import { WATCHED_RESOURCES, type WatchedResource } from '../resources/watched.ts';
import type { DependentsIndex } from './dependents-index.ts';
import { ForeignEvents } from './foreign-events.ts';

export interface DependentsCache {
  /** Whether each kind was listed once, or cannot be. */
  attempted(): boolean;
  /** The kinds that are not visible in a namespace. */
  unknown(namespace: string): readonly DependentKind[];
  /** The kinds that the cluster does not serve. They have no objects. */
  notServed(namespace: string): readonly DependentKind[];
  /** Until when the visible kinds in a namespace, or in all, are known to equal the cluster, in ms of the clock. */
  freshUntil(namespace: string | undefined): number;
  /** Hides kinds that are not known to equal the cluster since `time`, until they are again. */
  expire(time: number): void;
  /** How many objects of each kind the cache holds. */
  sizes(): ReadonlyMap<DependentKind, number>;
  /** Resolves when all watches have ended. */
  readonly stopped: Promise<unknown>;
}

export interface DependentsCacheOptions extends InformerContext {
  /** Namespaces to watch; undefined: the whole cluster. */
  readonly scopes: readonly (string | undefined)[];
  readonly interner: Interner;
  /** Whether the cluster was reachable at all: until then a failure says nothing about a kind. */
  readonly reached: () => boolean;
  /** `visible`: whether the kind was visible already, so that its objects count. */
  readonly onDelta: (delta: Delta<WatchedDependent>, visible: boolean) => void;
  /** What `onDelta` keeps up to date. */
  readonly index: Pick<DependentsIndex, 'hasPod' | 'eventsOf'>;
  /** A kind changed its visibility, in this namespace or in all. */
  readonly onVisibilityChange: (namespace: string | undefined) => void;
  /** A kind was attempted. */
  readonly onAttempt: () => void;
}

/** Watches the dependents of machines. A kind that may not be read, or is not served, is tried again and again. */
export function startDependentsCache(options: DependentsCacheOptions, signal: AbortSignal): DependentsCache {
  const watches = WATCHED_RESOURCES.flatMap((resource) =>
    (resource.clusterScoped ? [undefined] : options.scopes).map(
      (scope) => new DependentWatch(resource, scope, options),
    ),
  );
  const kindsThatAre = (state: Visibility, namespace: string) => {
    const found = watches.filter((watch) => watch.visibility === state && watch.informer.covers(namespace));
    return [...new Set(found.map(({ kind }) => kind))];
  };
  const eventsOfPods = watches.filter(({ ofPods }) => ofPods);
  for (const { informer } of watches.filter(({ kind }) => kind === 'Pod'))
    informer.store.subscribe(({ type, item: { namespace, uid } }) => {
      for (const events of eventsOfPods) if (events.informer.covers(namespace)) events.follow(uid, type);
    });
  /** Events come after the pods, because those of other pods are not kept. */
  async function run(watch: DependentWatch): Promise<void> {
    const { namespace } = watch.informer;
    const pods = watches.find(({ kind, informer }) => kind === 'Pod' && informer.namespace === namespace);
    if (watch.ofPods) await Promise.race([pods?.firstAttempt, once(signal, 'abort')]);
    await watch.run(signal);
  }
  const stopped = Promise.all(watches.map(run));
  return {
    attempted: () => watches.every(({ attempted }) => attempted),
    unknown: (namespace) => kindsThatAre('unknown', namespace),
    notServed: (namespace) => kindsThatAre('not served', namespace),
    freshUntil(namespace) {
      let oldest = Number.POSITIVE_INFINITY;
      for (const { visible, informer } of watches) {
        if (visible && (namespace === undefined || informer.covers(namespace)))
          oldest = Math.min(oldest, informer.freshUntil);
      }
      return oldest;
    },
    expire(time) {
      for (const watch of watches) if (watch.informer.freshUntil < time) watch.expire();
    },
    sizes() {
      const sizes = new Map<DependentKind, number>();
      for (const { kind, informer } of watches) sizes.set(kind, (sizes.get(kind) ?? 0) + informer.store.size);
      return sizes;
    },
    stopped,
  };
}

type Visibility = 'unknown' | 'visible' | 'not served';

/** One informer, and whether its kind may be read:
 *
 *     unknown ──listed──▶ visible ──refused, expired──▶ unknown
 *     any ──the cluster does not serve the kind──▶ not served ──listed──▶ visible
 */
class DependentWatch {
  readonly kind: DependentKind;
  readonly ofPods: boolean;
  readonly informer: Informer<WatchedDependent>;
  readonly #options: DependentsCacheOptions;
  readonly #foreignEvents = new ForeignEvents();
  readonly #firstAttempt = Promise.withResolvers<void>();
  attempted = false;
  visibility: Visibility = 'unknown';

  constructor(resource: WatchedResource, scope: string | undefined, options: DependentsCacheOptions) {
    const transform = (object: unknown) => resource.transform(object, options.interner);
    this.kind = resource.kind;
    this.ofPods = resource.ofPods ?? false;
    const admission = this.ofPods ? this.#eventsOfKnownPods() : undefined;
    this.informer = new Informer({ ...resource, transform, admission }, scope, options);
    this.#options = options;
    this.informer.store.subscribe((delta) => options.onDelta(delta, this.visible));
  }

  get visible(): boolean {
    return this.visibility === 'visible';
  }

  /** Resolves when the kind was attempted. */
  get firstAttempt(): Promise<void> {
    return this.#firstAttempt.promise;
  }

  run(signal: AbortSignal): Promise<void> {
    return this.informer.run(signal, { onAttempt: (error) => this.#onAttempt(error) });
  }

  /** Keeps the events of a pod from when it is added until it is deleted. */
  follow(podUid: string, change: Delta<unknown>['type']): void {
    const { store } = this.informer;
    if (change === 'added') for (const event of this.#foreignEvents.take(podUid)) store.admit(event);
    if (change === 'deleted') for (const event of this.#options.index.eventsOf(podUid)) store.leaveOut(event);
  }

  #eventsOfKnownPods(): Admission<WatchedDependent> {
    return {
      admit: (item) => {
        const event = item as PodEvent;
        const isKnown = this.#options.index.hasPod(event.podUid);
        if (!isKnown) this.#foreignEvents.add(event);
        return isKnown;
      },
      retain: (uids) => this.#foreignEvents.retain(uids),
      forget: (uid) => this.#foreignEvents.delete(uid),
    };
  }

  expire(): void {
    if (!this.visible) return;
    this.#options.log.warn({ kind: this.kind }, 'a kind of dependents is out of date');
    this.#setVisibility('unknown');
  }

  #onAttempt(error: unknown): void {
    const isRefused = error instanceof DevMachineError && error.code === 'forbidden';
    const isNotServed = error instanceof NotServedError;
    this.attempted ||= error === undefined || isRefused || isNotServed || this.#options.reached();
    if (this.attempted) this.#firstAttempt.resolve();
    if (error === undefined) this.#setVisibility('visible');
    else if (isNotServed) this.#setVisibility('not served');
    // Otherwise the cluster is unreachable: a visible kind stays visible, as the machines do.
    else if (isRefused) this.#setVisibility('unknown');
    this.#options.onAttempt();
  }

  #setVisibility(visibility: Visibility): void {
    if (visibility === this.visibility) return;
    this.visibility = visibility;
    this.#options.onVisibilityChange(this.informer.namespace);
  }
}
