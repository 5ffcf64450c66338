import { DevMachineError } from '../../devmachine/errors.ts';
import type { ReplaceOptions, SpecVersion } from '../../devmachine/machines.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import type { RequestClient } from '../client/transport.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { updateMachine } from './update.ts';

/** Replaces the whole spec of an existing machine; see Machines.replace for what it throws. */
export const replaceMachine = (
  client: RequestClient,
  key: MachineKey,
  spec: DevMachineSpec,
  { force, expected, dryRun, signal }: ReplaceOptions,
): Promise<MachineObject> =>
  updateMachine(
    client,
    key,
    ({ metadata }) => {
      if (!expected || expected.some((version) => isSame(version, metadata))) return { spec, force };
      throw new DevMachineError(
        'precondition-failed',
        `The spec of the machine ${key.name} has changed since the version in If-Match (generation ${metadata.generation}). Read its status again.`,
      );
    },
    // If the first attempt took effect unnoticed, a retry would fail the precondition.
    { dryRun, retryable: expected === undefined, signal },
  );

const isSame = (one: SpecVersion, other: SpecVersion): boolean =>
  one.uid === other.uid && one.generation === other.generation;
