import { DevMachineError, machineNotFound } from '../../devmachine/errors.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { specDigest } from '../../devmachine/status/spec-digest.ts';
import { systemClock } from '../client/clock.ts';
import type { Connection } from '../client/transport.ts';
import { isLeftToDefault, ownedSpec } from '../managed-fields/owned.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { getMachine } from './create.ts';
import { type Deleted, requestDeletion } from './delete.ts';
import { applyTo } from './update.ts';

export interface PurgeOptions {
  /** How long the operator may take to let go of the disk. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 250;

/**
 * Deletes a machine with its disk and its access Secret, and needs no right over either:
 *
 *   spec says Retain ── apply Delete ──▶ spec says Delete ── operator ──▶ its release keeps nothing ──▶ delete
 *
 * What an uninstall leaves behind is decided by the manifest of the release, which the operator reports once it has
 * deployed it. See docs/decisions/purge.md. Returns undefined where the machine goes already.
 */
export async function purgeMachine(
  connection: Connection,
  key: MachineKey,
  { timeoutMs, signal }: PurgeOptions,
): Promise<Deleted | undefined> {
  const giveUp = performance.now() + timeoutMs;
  const first = await getMachine(connection, key, signal);
  if (!first) throw machineNotFound(key);
  for (let live: MachineObject | undefined = first; ; live = await getMachine(connection, key, signal)) {
    if (live?.metadata.uid !== first.metadata.uid) throw wentMeanwhile(key);
    if (live.metadata.deletionTimestamp) {
      if (goesWithItsDisk(live)) return undefined;
      throw goesWithoutPurge(key);
    }
    const deleted = await step(connection, key, live, signal);
    if (deleted) return deleted;
    if (performance.now() > giveUp) throw operatorTimeout(key, live, timeoutMs);
    await systemClock.sleep(LOOK_EVERY_MS, signal);
    signal.throwIfAborted();
  }
}

/** Does what the machine is ready for. undefined: to be looked at again. */
async function step(
  connection: Connection,
  key: MachineKey,
  live: MachineObject,
  signal: AbortSignal,
): Promise<Deleted | undefined> {
  if (isReleased(live)) {
    const { uid, resourceVersion } = live.metadata;
    // Not repeatable: what took effect unseen would look like somebody else's deletion, with who knows what left behind.
    const options = { repeatable: false, signal };
    const reply = await requestDeletion(connection, key, { uid, resourceVersion }, options);
    return reply.status === 404 || reply.status === 409 ? undefined : { uid, reply };
  }
  if (!isWished(live)) await applyTo(connection, key, live, wishFor(live), { signal });
  return undefined;
}

const isWished = ({ spec: { storage } }: MachineObject): boolean =>
  storage === undefined || storage.retention === 'Delete';

/** Whether the operator has deployed the very spec that says Delete: what it deployed before may still change. */
function isReleased(live: MachineObject): boolean {
  if (live.spec.storage === undefined) return true;
  const manifest = deployedManifest(live);
  return isWished(live) && manifest.includes(specDigest(live.spec)) && !KEEP.test(manifest);
}

/** A machine that has not been deployed, or is uninstalled already, keeps nothing. */
const goesWithItsDisk = (live: MachineObject): boolean =>
  isWished(live) && !KEEP.test(deployedManifest(live));

const KEEP = /^[ \t]*["']?helm\.sh\/resource-policy["']?\s*:\s*["']?keep\b/m;

/** Read for this one question and not kept: it holds Secrets. */
function deployedManifest({ status }: MachineObject): string {
  const { deployedRelease } = (status ?? {}) as { deployedRelease?: { manifest?: unknown } | null };
  return typeof deployedRelease?.manifest === 'string' ? deployedRelease.manifest : '';
}

function wishFor(live: MachineObject) {
  const owned = ownedSpec(live);
  const { retention } = DevMachineSpec.properties.storage.properties;
  const storage = { ...owned.storage, retention: 'Delete' } as DevMachineSpec['storage'];
  const force = isLeftToDefault(live, '/spec/storage/retention', retention.default);
  return { spec: { ...owned, ...(storage && { storage }) }, force };
}

const goesWithoutPurge = ({ name }: MachineKey): DevMachineError =>
  new DevMachineError(
    'being-deleted',
    `The machine ${name} is being deleted already, and not with purge: its disk and its access Secret stay. When it is gone, create it again and delete that with purge=true.`,
    { retryAfterSeconds: 5 },
  );

const wentMeanwhile = ({ name }: MachineKey): DevMachineError =>
  new DevMachineError(
    'machine-not-found',
    `The machine ${name} was deleted by another request meanwhile. If that was no purge, its disk and its access Secret may have stayed: create it again and delete that with purge=true.`,
  );

function operatorTimeout({ name }: MachineKey, live: MachineObject, timeoutMs: number): DevMachineError {
  const failed = live.status?.conditions?.find(
    ({ type, status }) => status === 'True' && (type === 'ReleaseFailed' || type === 'Irreconcilable'),
  );
  const detail = [
    `Nothing is deleted: the operator has not let go of the disk of the machine ${name} within ${timeoutMs / 1_000} s.`,
    ...(failed ? [`It reports ${failed.type}; see the status of the machine.`] : []),
    'Repeat the request (DELETE with purge=true) to go on waiting.',
    'storage.retention is Delete now; to keep the disk after all, PUT the machine with Retain.',
  ];
  return new DevMachineError('operator-timeout', detail.join(' '), { retryAfterSeconds: 5 });
}
