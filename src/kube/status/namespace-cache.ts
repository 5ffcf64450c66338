import type { Namespaces } from '../../devmachine/namespaces.ts';
import { Informer, type InformerContext } from '../cache/informer.ts';
import { namespacesPath, toNamespace } from '../resources/namespace.ts';

export interface NamespaceCache {
  /** undefined if the namespaces may not be read, or have not been read yet. */
  all(): Namespaces | undefined;
  /** Resolves when the watch has ended. */
  readonly stopped: Promise<void>;
}

/** Watches the namespaces of the cluster; ends with `signal`. Nothing else depends on them: without the right, the rest works. */
export function startNamespaceCache(
  context: InformerContext,
  maxStalenessMs: number,
  signal: AbortSignal,
): NamespaceCache {
  const informer = new Informer({ path: namespacesPath, transform: toNamespace }, undefined, context);
  const stopped = informer.run(signal);
  return {
    all() {
      if (!informer.synced) return undefined;
      const incomplete = context.clock.now() - informer.freshUntil > maxStalenessMs;
      return { names: [...informer.store.values()].map(({ name }) => name).sort(), incomplete };
    },
    stopped,
  };
}
