import { DevMachineError, machineNotFound } from '../../devmachine/errors.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { specDigest } from '../../devmachine/status/spec-digest.ts';
import { systemClock } from '../client/clock.ts';
import type { RequestClient } from '../client/transport.ts';
import { isLeftToDefault, ownedSpec } from '../managed-fields/owned.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { getMachine } from './apply.ts';
import { type DeleteResult, requestDeletion, toDeleteResult } from './delete.ts';
import { applyUpdate, type UpdateRequest } from './update.ts';

export interface PurgeOptions {
  /** How long to wait until the operator has deployed a release that keeps nothing, in ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const POLL_INTERVAL_MS = 250;

/**
 * Deletes a machine with its disk and its access Secret, without any right over either:
 *
 *   apply storage.retention: Delete ──▶ wait until the operator has deployed that spec ──▶ delete the machine
 *
 * The manifest of the deployed release decides what an uninstall leaves behind. See docs/decisions/purge.md. Returns
 * undefined if the machine is already being deleted with its disk.
 */
export async function purgeMachine(
  client: RequestClient,
  key: MachineKey,
  { timeoutMs, signal }: PurgeOptions,
): Promise<DeleteResult | undefined> {
  const stopAt = performance.now() + timeoutMs;
  const first = await getMachine(client, key, signal);
  if (!first) throw machineNotFound(key);
  for (let live: MachineObject | undefined = first; ; live = await getMachine(client, key, signal)) {
    if (live?.metadata.uid !== first.metadata.uid) throw deletedMeanwhile(key);
    if (live.metadata.deletionTimestamp) {
      if (isDeletedWithDisk(live)) return undefined;
      throw deletedWithoutPurge(key);
    }
    const result = await step(client, key, live, signal);
    if (result) return result;
    if (performance.now() > stopAt) throw operatorTimeout(key, live, timeoutMs);
    await systemClock.sleep(POLL_INTERVAL_MS, signal);
    signal.throwIfAborted();
  }
}

/** Takes the next step that the state of the machine allows; undefined: look again later. */
async function step(
  client: RequestClient,
  key: MachineKey,
  live: MachineObject,
  signal: AbortSignal,
): Promise<DeleteResult | undefined> {
  if (isReleased(live)) {
    const { uid, resourceVersion } = live.metadata;
    // Not safe to retry: if the first attempt took effect unnoticed, nobody could tell what it left behind.
    const options = { retryable: false, signal };
    const response = await requestDeletion(client, key, { uid, resourceVersion }, options);
    return response.status === 404 || response.status === 409 ? undefined : toDeleteResult(uid, response);
  }
  if (!retainsNothing(live)) await applyUpdate(client, key, live, toUpdate(live), { signal });
  return undefined;
}

/** Whether the spec asks for the deletion of the disk. */
const retainsNothing = ({ spec: { storage } }: MachineObject): boolean =>
  storage === undefined || storage.retention === 'Delete';

/** Whether the operator has deployed exactly this spec, and the release keeps nothing. */
function isReleased(live: MachineObject): boolean {
  if (live.spec.storage === undefined) return true;
  const manifest = deployedManifest(live);
  return retainsNothing(live) && manifest.includes(specDigest(live.spec)) && !KEEP.test(manifest);
}

/** A machine that was never deployed, or is uninstalled already, keeps nothing. */
const isDeletedWithDisk = (live: MachineObject): boolean =>
  retainsNothing(live) && !KEEP.test(deployedManifest(live));

const KEEP = /^[ \t]*["']?helm\.sh\/resource-policy["']?\s*:\s*["']?keep\b/m;

/** Contains Secrets: inspected here only, never kept. */
function deployedManifest({ status }: MachineObject): string {
  const { deployedRelease } = (status ?? {}) as { deployedRelease?: { manifest?: unknown } | null };
  return typeof deployedRelease?.manifest === 'string' ? deployedRelease.manifest : '';
}

function toUpdate(live: MachineObject): UpdateRequest {
  const owned = ownedSpec(live);
  const { retention } = DevMachineSpec.properties.storage.properties;
  const storage = { ...owned.storage, retention: 'Delete' } as DevMachineSpec['storage'];
  const force = isLeftToDefault(live, '/spec/storage/retention', retention.default);
  return { spec: { ...owned, ...(storage && { storage }) }, force };
}

const deletedWithoutPurge = ({ name }: MachineKey): DevMachineError =>
  new DevMachineError(
    'being-deleted',
    `The machine ${name} is already being deleted without purge: its disk and its access Secret stay. When it is gone, create it again and delete that one with purge=true.`,
    { retryAfterSeconds: 5 },
  );

const deletedMeanwhile = ({ name }: MachineKey): DevMachineError =>
  new DevMachineError(
    'machine-not-found',
    `Another request deleted the machine ${name} meanwhile. Unless that was a purge, its disk and its access Secret may remain: create it again and delete that one with purge=true.`,
  );

function operatorTimeout({ name }: MachineKey, live: MachineObject, timeoutMs: number): DevMachineError {
  const failed = live.status?.conditions?.find(
    ({ type, status }) => status === 'True' && (type === 'ReleaseFailed' || type === 'Irreconcilable'),
  );
  const detail = [
    `Nothing is deleted: the operator has not released the disk of the machine ${name} within ${timeoutMs / 1_000} s.`,
    ...(failed ? [`It reports ${failed.type}; see the status of the machine.`] : []),
    'Repeat the request (DELETE with purge=true) to continue to wait.',
    'storage.retention is Delete now; to keep the disk, PUT the machine with Retain.',
  ];
  return new DevMachineError('operator-timeout', detail.join(' '), { retryAfterSeconds: 5 });
}
