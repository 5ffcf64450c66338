import { DevMachineError } from '../../devmachine/errors.ts';
import type { ReplaceOptions } from '../../devmachine/machines.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { matchesSpec } from '../../http/responses/if-match.ts';
import type { Connection } from '../client/transport.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { changeMachine } from './update.ts';

/** A whole new spec for a machine that is there; see Machines.replace for what it throws. */
export const replaceMachine = (
  connection: Connection,
  key: MachineKey,
  spec: DevMachineSpec,
  { force, ifMatch, dryRun, signal }: ReplaceOptions,
): Promise<MachineObject> =>
  changeMachine(
    connection,
    key,
    ({ metadata }) => {
      if (ifMatch === undefined || matchesSpec(ifMatch, metadata)) return { spec, force };
      throw new DevMachineError(
        'precondition-failed',
        `The machine ${key.name} is not what If-Match names: its spec has changed since (generation ${metadata.generation}). Read its status again.`,
      );
    },
    // What took effect unseen would look like somebody else's change to If-Match.
    { dryRun, repeatable: ifMatch === undefined, signal },
  );
