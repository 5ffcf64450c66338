import { beingDeleted, keepsChanging, machineNotFound } from '../../devmachine/errors.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { toDomainError } from '../client/api-errors.ts';
import { systemClock } from '../client/clock.ts';
import type { RequestClient } from '../client/transport.ts';
import { toFieldConflict } from '../managed-fields/conflict.ts';
import { asMachineObject, type MachineObject } from '../resources/devmachine.ts';
import { apply, getMachine } from './apply.ts';

/** What to apply in place of everything that this API owns of a machine. */
export interface UpdateRequest {
  readonly spec: Partial<DevMachineSpec>;
  /** Takes over fields that other managers own. */
  readonly force: boolean;
}

export interface UpdateOptions {
  readonly dryRun?: boolean;
  /** Whether the apply is safe to retry if its outcome is unknown. Defaults to true. */
  readonly retryable?: boolean;
  readonly signal: AbortSignal;
}

/** How long an update starts again after concurrent changes. */
const RETRY_FOR_MS = 10_000;
const INITIAL_WAIT_MS = 20;
const MAX_WAIT_MS = 1_000;

/**
 * Reads a machine, derives an update from it and applies that to exactly the version it has read. A concurrent change makes
 * it start again, and an update that arrives late changes nothing. See docs/decisions/changes.md.
 */
export async function updateMachine(
  client: RequestClient,
  key: MachineKey,
  /** Returns undefined if the machine needs no update. */
  toUpdate: (live: MachineObject) => UpdateRequest | undefined,
  options: UpdateOptions,
): Promise<MachineObject> {
  const stopAt = performance.now() + RETRY_FOR_MS;
  for (let waitMs = INITIAL_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
    const live = await getMachine(client, key, options.signal);
    if (!live) throw machineNotFound(key);
    if (live.metadata.deletionTimestamp) throw beingDeleted(key);
    const update = toUpdate(live);
    if (!update) return live;
    const updated = await applyUpdate(client, key, live, update, options);
    if (updated) return updated;
    if (performance.now() > stopAt) throw keepsChanging(key);
    await systemClock.sleep(waitMs * Math.random(), options.signal);
    options.signal.throwIfAborted();
  }
}

/** Applies an update to the version `live`; returns undefined, and changes nothing, if the machine has another version. */
export async function applyUpdate(
  client: RequestClient,
  key: MachineKey,
  { metadata: { uid, resourceVersion } }: MachineObject,
  { spec, force }: UpdateRequest,
  { dryRun = false, ...options }: UpdateOptions,
): Promise<MachineObject | undefined> {
  const response = await apply(client, key, spec, { uid, resourceVersion }, { dryRun, force, ...options });
  if (response.status === 200) return asMachineObject(response.body);
  if (response.status !== 409) throw toDomainError(response);
  const conflict = toFieldConflict(key, response, { spec });
  if (conflict) throw conflict;
  return undefined;
}
