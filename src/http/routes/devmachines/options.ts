import type { ResolveNamespace } from './query.ts';

/** The options of every route that is about one machine. */
export interface MachineRouteOptions {
  readonly resolveNamespace: ResolveNamespace;
}
