import type { Machines } from '../../../devmachine/machines.ts';
import type { ResolveNamespace } from './query.ts';

/** The options of every route that is about one machine. */
export interface MachineRouteOptions {
  readonly machines: Machines;
  readonly resolveNamespace: ResolveNamespace;
}
