import type { PowerAction, PowerOptions } from '../../devmachine/machines.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import type { RequestClient } from '../client/transport.ts';
import { isLeftToDefault, ownedSpec } from '../managed-fields/owned.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { updateMachine } from './update.ts';

type PowerFields = Pick<DevMachineSpec, 'stopped' | 'restartedAt'>;

/** Stops, starts or restarts a machine. All other fields keep their values and their managers. */
export function setPower(
  client: RequestClient,
  key: MachineKey,
  action: PowerAction,
  { force, signal }: PowerOptions,
): Promise<MachineObject> {
  let applied: PowerFields | undefined;
  return updateMachine(
    client,
    key,
    (live) => {
      // The previous attempt took effect although its response was lost: do not restart twice.
      if (applied?.restartedAt !== undefined && applied.restartedAt === live.spec.restartedAt)
        return undefined;
      applied = UPDATES[action](live.spec);
      if (!applied) return undefined;
      return {
        spec: { ...ownedSpec(live), ...applied },
        force: force || (applied.restartedAt === undefined && isStoppedLeftToDefault(live)),
      };
    },
    { signal },
  );
}

/**
 * The fields to apply; undefined if the machine is in that state. `stopped` is set to false, never removed: a manager that
 * shares the field would keep its value.
 */
const UPDATES: Readonly<Record<PowerAction, (spec: PowerFields) => PowerFields | undefined>> = {
  stop: ({ stopped }) => (stopped ? undefined : { stopped: true }),
  start: ({ stopped }) => (stopped ? { stopped: false } : undefined),
  restart: ({ stopped, restartedAt }) => ({
    restartedAt: nowExcept(restartedAt),
    ...(stopped ? { stopped: false } : {}),
  }),
};

const isStoppedLeftToDefault = (live: MachineObject): boolean =>
  isLeftToDefault(live, '/spec/stopped', DevMachineSpec.properties.stopped.default);

/** The present time, but never `previous`: two restarts within a millisecond are two restarts. */
function nowExcept(previous: string | undefined): string {
  const now = Date.now();
  const text = new Date(now).toISOString();
  return text === previous ? new Date(now + 1).toISOString() : text;
}
