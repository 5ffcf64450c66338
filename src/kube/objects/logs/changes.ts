import type { MachineKey } from '../../../devmachine/schema/manifest.ts';
import type { Pod } from '../../../devmachine/status/dependents.ts';
import type { MachineCache } from '../../status/machine-cache.ts';
import type { PodContainer } from '../containers.ts';

/** What is known of a container whose log is followed. */
export interface Observation {
  /** Why there will be no more log. */
  readonly end: string | undefined;
  /** In the machine's present pod; undefined while there is none. */
  readonly container: PodContainer | undefined;
}

/** The container of a machine, which comes back after restarts and in new pods. */
export interface ContainerSource {
  /** From the cache. */
  known(): Observation;
  /** From the cache; or as the caller sees it if pods are not visible to the backend. */
  look(): Promise<Observation>;
  /** Calls `listener` when something about the machine has changed. Returns a function that unsubscribes it. */
  onChange(listener: () => void): () => void;
}

/** The container `name` of the machine with this uid. `findPod` finds the machine's present pod. */
export function containerSource(
  cache: Pick<MachineCache, 'view' | 'pod'>,
  { namespace, name: machine, uid }: MachineKey & { readonly uid: string },
  name: string,
  findPod: () => Promise<Pod | undefined>,
): ContainerSource {
  function end(): string | undefined {
    const document = cache.view.get(namespace, machine);
    if (document?.uid !== uid) return 'machine deleted';
    return document.phase === 'Stopped' ? 'machine stopped' : undefined;
  }

  function observation(pod: Pod | undefined): Observation {
    const container = pod?.containers.find((one) => one.name === name);
    return { end: end(), container: container && pod && { ...container, pod } };
  }

  return {
    known() {
      const pod = cache.pod({ namespace, name: machine });
      return observation(pod === 'unknown' ? undefined : pod);
    },
    look: async () => observation(await findPod()),
    onChange: (listener) =>
      cache.view.subscribe(({ document }) => {
        if (document.namespace === namespace && document.name === machine) listener();
      }),
  };
}

/** Resolves at the next change, after `ms`, or when `signal` is aborted. */
export function nextChange(source: ContainerSource, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  const unsubscribe = source.onChange(done);
  const timer = setTimeout(done, ms);
  signal.addEventListener('abort', done, { once: true });
  if (signal.aborted) done();
  return promise.finally(() => {
    clearTimeout(timer);
    unsubscribe();
    signal.removeEventListener('abort', done);
  });
}
