import type { Caller } from '../devmachine/caller.ts';
import { DevMachineError } from '../devmachine/errors.ts';
import type { Machine } from '../devmachine/machine.ts';
import type { MachineKey } from '../devmachine/schema/manifest.ts';
import type { Store } from './cache/store.ts';
import type { ClusterClient } from './client/client.ts';
import type { ConcurrencyLimiter } from './client/limiter.ts';
import type { RequestClient } from './client/transport.ts';
import type { MachineObject } from './resources/devmachine.ts';
import type { MachineCache } from './status/machine-cache.ts';

/** Runs the requests of one call of a user; see ClusterClient. */
export type Call = ClusterClient['call'];

/** The requests of one call. */
export type Work<T> = (client: RequestClient, signal: AbortSignal) => Promise<T>;

/** Connections that stay open. They take no slots. */
export type Streams = Pick<ClusterClient, 'stream' | 'upgrade'>;

/** Whose credentials the requests of a call carry. */
export interface Account extends Streams {
  /** The same for all calls with the same credentials. */
  readonly id: string;
  readonly call: Call;
  readonly authorize: Caller['authorize'];
}

/** The backend's own account, of which no right is reviewed. */
export const backendAccount = ({
  call,
  stream,
  upgrade,
}: Streams & Pick<ClusterClient, 'call'>): Account => ({
  id: 'backend',
  call,
  stream,
  upgrade,
  authorize: () => undefined,
});

/** How long a call waits for a slot, in ms. */
export const QUEUE_MS = 5_000;

/** `call`, which waits for a slot of `limiter`, and fails at once while the cluster is unreachable. */
export const limited =
  (call: Call, limiter: ConcurrencyLimiter, cache: Pick<MachineCache, 'unreachable'>): Call =>
  async (signal, work) => {
    if (cache.unreachable()) throw unreachable();
    return limiter.run(signal, () => call(signal, work));
  };

/** The store of a namespace. Throws namespace-not-found if it is not served. */
export function servedStore(cache: MachineCache, namespace: string): Store<Machine> {
  const store = cache.store(namespace);
  if (store) return store;
  throw new DevMachineError(
    'namespace-not-found',
    `The namespace ${namespace} is not served here (WATCH_NAMESPACES).`,
  );
}

/** Makes an object in a response visible to reads on this replica before the watch reports it. */
export function observe(cache: MachineCache, { namespace }: MachineKey, object: MachineObject): Machine {
  const machine = cache.toMachine(object);
  servedStore(cache, namespace).observe(machine);
  return machine;
}

const unreachable = (): DevMachineError =>
  new DevMachineError('cluster-unavailable', 'The cluster is unreachable. No request was sent to it.', {
    retryAfterSeconds: 5,
  });
