import { DevMachineError } from '../../devmachine/errors.ts';
import type { DependentKind, WatchedDependent } from '../../devmachine/status/dependents.ts';
import { Informer, type InformerContext } from '../cache/informer.ts';
import type { Delta } from '../cache/store.ts';
import type { Interner } from '../resources/intern.ts';
import { WATCHED_RESOURCES, type WatchedResource } from '../resources/watched.ts';

export interface DependentsCache {
  /** Whether each kind was listed once, or cannot be. */
  attempted(): boolean;
  /** The kinds that are not visible in a namespace. */
  unknown(namespace: string): readonly DependentKind[];
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
  /** A kind became visible or unknown, in this namespace or in all. */
  readonly onVisibilityChange: (namespace: string | undefined) => void;
  /** A kind was attempted. */
  readonly onAttempt: () => void;
}

/** Watches the dependents of machines. A kind that may not be read is unknown, and is tried again and again. */
export function startDependentsCache(options: DependentsCacheOptions, signal: AbortSignal): DependentsCache {
  const watches = options.scopes.flatMap((scope) =>
    WATCHED_RESOURCES.map((resource) => new DependentWatch(resource, scope, options)),
  );
  const stopped = Promise.all(watches.map((watch) => watch.run(signal)));
  return {
    attempted: () => watches.every(({ attempted }) => attempted),
    unknown(namespace) {
      const unknown = watches.filter(({ visible, informer }) => !visible && informer.covers(namespace));
      return [...new Set(unknown.map(({ kind }) => kind))];
    },
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

/** One informer, and whether its kind may be read:
 *
 *     not attempted ──listed──▶ visible ◀──listed── unknown
 *           └──────refused──▶ unknown ◀──refused, expired── visible
 */
class DependentWatch {
  readonly kind: DependentKind;
  readonly informer: Informer<WatchedDependent>;
  readonly #options: DependentsCacheOptions;
  attempted = false;
  visible = false;

  constructor(resource: WatchedResource, scope: string | undefined, options: DependentsCacheOptions) {
    const transform = (object: unknown) => resource.transform(object, options.interner);
    this.kind = resource.kind;
    this.informer = new Informer({ ...resource, transform }, scope, options);
    this.#options = options;
    this.informer.store.subscribe((delta) => options.onDelta(delta, this.visible));
  }

  run(signal: AbortSignal): Promise<void> {
    return this.informer.run(signal, { onAttempt: (error) => this.#onAttempt(error) });
  }

  expire(): void {
    if (!this.visible) return;
    this.#options.log.warn({ kind: this.kind }, 'a kind of dependents is out of date');
    this.#setVisible(false);
  }

  #onAttempt(error: unknown): void {
    const isRefused = error instanceof DevMachineError && error.code === 'forbidden';
    this.attempted ||= error === undefined || isRefused || this.#options.reached();
    // A visible kind stays visible while the cluster is unreachable, as the machines do.
    this.#setVisible(error === undefined || (this.visible && !isRefused));
    this.#options.onAttempt();
  }

  #setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    this.#options.onVisibilityChange(this.informer.namespace);
  }
}
