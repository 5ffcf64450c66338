import { DevMachineError } from '../../devmachine/errors.ts';
import type { ReplaceOptions, SpecVersion } from '../../devmachine/machines.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import type { Connection } from '../client/transport.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { updateMachine } from './update.ts';

/** A whole new spec for a machine that is there; see Machines.replace for what it throws. */
export const replaceMachine = (
  connection: Connection,
  key: MachineKey,
  spec: DevMachineSpec,
  { force, expected, dryRun, signal }: ReplaceOptions,
): Promise<MachineObject> =>
  updateMachine(
    connection,
    key,
    ({ metadata }) => {
      if (!expected || expected.some((version) => isSame(version, metadata))) return { spec, force };
      throw new DevMachineError(
        'precondition-failed',
        `The machine ${key.name} is not what If-Match names: its spec has changed since (generation ${metadata.generation}). Read its status again.`,
      );
    },
    // What took effect unseen would look like somebody else's change to If-Match.
    { dryRun, repeatable: expected === undefined, signal },
  );

const isSame = (one: SpecVersion, other: SpecVersion): boolean =>
  one.uid === other.uid && one.generation === other.generation;
