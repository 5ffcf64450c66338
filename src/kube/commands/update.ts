import { beingDeleted, keepsChanging, machineNotFound } from '../../devmachine/errors.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { toDomainError } from '../client/api-errors.ts';
import { systemClock } from '../client/clock.ts';
import type { Connection } from '../client/transport.ts';
import { toFieldConflict } from '../managed-fields/conflict.ts';
import { asMachineObject, type MachineObject } from '../resources/devmachine.ts';
import { apply, getMachine } from './create.ts';

/** What is to be applied in the place of what we own of a machine. */
export interface Wish {
  readonly spec: Partial<DevMachineSpec>;
  /** Takes over the fields that other managers own. */
  readonly force: boolean;
}

export interface UpdateOptions {
  readonly dryRun?: boolean;
  /** Whether the apply may be sent again where its outcome is unknown. */
  readonly repeatable?: boolean;
  readonly signal: AbortSignal;
}

/** For how long a change is tried again when others are faster. */
const TRY_FOR_MS = 10_000;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1_000;

/**
 * Reads a machine, makes a wish of what it is, and applies that to nothing but what was read: who comes between is seen at
 * the next try, and a request that arrives late changes nothing. See docs/decisions/changes.md.
 */
export async function updateMachine(
  connection: Connection,
  key: MachineKey,
  /** undefined: the machine is already as it should be. */
  wishFor: (live: MachineObject) => Wish | undefined,
  options: UpdateOptions,
): Promise<MachineObject> {
  const giveUp = performance.now() + TRY_FOR_MS;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    const live = await getMachine(connection, key, options.signal);
    if (!live) throw machineNotFound(key);
    if (live.metadata.deletionTimestamp) throw beingDeleted(key);
    const wish = wishFor(live);
    if (!wish) return live;
    const changed = await applyTo(connection, key, live, wish, options);
    if (changed) return changed;
    if (performance.now() > giveUp) throw keepsChanging(key);
    await systemClock.sleep(wait * Math.random(), options.signal);
    options.signal.throwIfAborted();
  }
}

/** undefined: the machine is no longer what was read, and nothing has happened. */
export async function applyTo(
  connection: Connection,
  key: MachineKey,
  { metadata: { uid, resourceVersion } }: MachineObject,
  { spec, force }: Wish,
  { dryRun = false, ...options }: UpdateOptions,
): Promise<MachineObject | undefined> {
  const reply = await apply(connection, key, spec, { uid, resourceVersion }, { dryRun, force, ...options });
  if (reply.status === 200) return asMachineObject(reply.body);
  if (reply.status !== 409) throw toDomainError(reply);
  const conflict = toFieldConflict(key, reply, { spec });
  if (conflict) throw conflict;
  return undefined;
}
