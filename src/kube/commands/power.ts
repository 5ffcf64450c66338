import type { PowerAction, PowerOptions } from '../../devmachine/machines.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import type { Connection } from '../client/transport.ts';
import { isLeftToDefault, ownedSpec } from '../managed-fields/owned.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { updateMachine } from './update.ts';

type Power = Pick<DevMachineSpec, 'stopped' | 'restartedAt'>;

/** Stops, starts or restarts a machine; whatever else is in its spec stays, and stays whose it is. */
export function setPower(
  connection: Connection,
  key: MachineKey,
  action: PowerAction,
  { force, signal }: PowerOptions,
): Promise<MachineObject> {
  let wished: Power | undefined;
  return updateMachine(
    connection,
    key,
    (live) => {
      // It took effect although the answer was lost: a second restart would be one too many.
      if (wished?.restartedAt !== undefined && wished.restartedAt === live.spec.restartedAt) return undefined;
      wished = CHANGES[action](live.spec);
      if (!wished) return undefined;
      return {
        spec: { ...ownedSpec(live), ...wished },
        force: force || (wished.restartedAt === undefined && isStoppedLeftToDefault(live)),
      };
    },
    { signal },
  );
}

/** undefined: it is so already. `stopped` is never dropped: a manager that shares it with us would keep its value. */
const CHANGES: Readonly<Record<PowerAction, (spec: Power) => Power | undefined>> = {
  stop: ({ stopped }) => (stopped ? undefined : { stopped: true }),
  start: ({ stopped }) => (stopped ? { stopped: false } : undefined),
  restart: ({ stopped, restartedAt }) => ({
    restartedAt: nowButNot(restartedAt),
    ...(stopped ? { stopped: false } : {}),
  }),
};

const isStoppedLeftToDefault = (live: MachineObject): boolean =>
  isLeftToDefault(live, '/spec/stopped', DevMachineSpec.properties.stopped.default);

/** Two restarts within a millisecond are two. */
function nowButNot(last: string | undefined): string {
  const now = Date.now();
  const text = new Date(now).toISOString();
  return text === last ? new Date(now + 1).toISOString() : text;
}
