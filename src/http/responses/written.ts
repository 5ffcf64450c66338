import { type Static, Type } from '@sinclair/typebox';
import { credentialWarning } from '../../devmachine/credentials.ts';
import type { Machine } from '../../devmachine/machine.ts';
import { DevMachine, toDevMachine } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';

/** The answer to a request that contains a spec. */
export const WrittenDevMachine = Type.Object(
  {
    ...DevMachine.properties,
    warning: Type.Optional(
      Type.String({ description: 'What should be changed, although the request has succeeded.' }),
    ),
  },
  { description: DevMachine.description ?? '' },
);

/** `requested` is the spec in the request: the caller is warned of what the caller has sent. */
export function toWritten(machine: Machine, requested: DevMachineSpec): Static<typeof WrittenDevMachine> {
  const warning = credentialWarning(requested);
  return { ...toDevMachine(machine), ...(warning !== undefined && { warning }) };
}
