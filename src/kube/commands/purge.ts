import { DevMachineError, machineNotFound } from '../../devmachine/errors.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { failedCondition } from '../../devmachine/status/diagnosis/operator.ts';
import { specDigest } from '../../devmachine/status/spec-digest.ts';
import { systemClock } from '../client/clock.ts';
import type { RequestClient } from '../client/transport.ts';
import { isLeftToDefault, ownedSpec } from '../managed-fields/owned.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { getMachine } from './apply.ts';
import { type DeleteResult, requestDeletion, toDeleteResult } from './delete.ts';
import { deployedDigest, keepsDisk } from './dependents.ts';
import { applyUpdate, type UpdateRequest } from './update.ts';

export interface PurgeOptions {
  /** Reads the Deployment of the machine; see writes.ts. */
  readonly deployments: RequestClient;
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
 * The Deployment is the last object that the operator applies, so the digest of the spec on it is the proof. See
 * docs/decisions/purge.md. Returns undefined if the machine is already being deleted with its disk.
 */
export async function purgeMachine(
  client: RequestClient,
  key: MachineKey,
  options: PurgeOptions,
): Promise<DeleteResult | undefined> {
  const { timeoutMs, signal } = options;
  const stopAt = performance.now() + timeoutMs;
  const first = await getMachine(client, key, signal);
  if (!first) throw machineNotFound(key);
  for (let live: MachineObject | undefined = first; ; live = await getMachine(client, key, signal)) {
    if (live?.metadata.uid !== first.metadata.uid) throw deletedMeanwhile(key);
    if (live.metadata.deletionTimestamp) {
      if (!retainsDisk(live) && !(await keepsDisk(client, key, signal))) return undefined;
      throw deletedWithoutPurge(key);
    }
    if (live !== first && performance.now() > stopAt) throw operatorTimeout(key, live, timeoutMs);
    const result = await step(client, key, live, options);
    if (result) return result;
    await systemClock.sleep(POLL_INTERVAL_MS, signal);
    signal.throwIfAborted();
  }
}

/** Takes the next step that the state of the machine allows; undefined: look again later. */
async function step(
  client: RequestClient,
  key: MachineKey,
  live: MachineObject,
  { deployments, signal }: PurgeOptions,
): Promise<DeleteResult | undefined> {
  const { uid, resourceVersion } = live.metadata;
  const deployed = live.spec.storage ? await proofOf(deployments, key, uid, signal) : undefined;
  if (retainsDisk(live)) {
    // The Deployment would prove a spec that is not stored yet: the operator has not seen the present one.
    if (deployed !== specDigest(withoutRetention(live.spec)))
      await applyUpdate(client, key, live, toUpdate(live), { signal });
    return undefined;
  }
  if (live.spec.storage && deployed !== specDigest(live.spec)) return undefined;
  // Not safe to retry: if the first attempt took effect unnoticed, nobody could tell what it left behind.
  const options = { retryable: false, signal };
  const response = await requestDeletion(client, key, { uid, resourceVersion }, options);
  return response.status === 404 || response.status === 409 ? undefined : toDeleteResult(uid, response);
}

async function proofOf(
  client: RequestClient,
  key: MachineKey,
  uid: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await deployedDigest(client, key, uid, signal);
  } catch (error) {
    if (error instanceof DevMachineError && error.code === 'forbidden')
      throw deploymentsUnreadable(key, error);
    throw error;
  }
}

/** Whether the spec asks to keep the disk. */
const retainsDisk = ({ spec: { storage } }: MachineObject): boolean =>
  storage !== undefined && storage.retention !== 'Delete';

/** The spec that `toUpdate` leads to. */
const withoutRetention = (spec: DevMachineSpec): object => ({
  ...spec,
  storage: { ...spec.storage, retention: 'Delete' },
});

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

const deploymentsUnreadable = ({ name }: MachineKey, cause: DevMachineError): DevMachineError =>
  new DevMachineError(
    'operator-timeout',
    `Nothing is deleted: the backend may not list Deployments, and so cannot know when the operator has released the disk of the machine ${name}. ${cause.message}`,
    { cause },
  );

function operatorTimeout({ name }: MachineKey, live: MachineObject, timeoutMs: number): DevMachineError {
  const failed = failedCondition(live.status?.conditions ?? []);
  const detail = [
    `Nothing is deleted: the operator has not released the disk of the machine ${name} within ${timeoutMs / 1_000} s.`,
    ...(failed ? [`It reports ${failed.type}; see the status of the machine.`] : []),
    'Repeat the request (DELETE with purge=true) to continue to wait.',
    retainsDisk(live)
      ? 'storage.retention is unchanged, because the operator is still deploying an earlier change of the machine.'
      : 'storage.retention is Delete now; to keep the disk, PUT the machine with Retain.',
  ];
  return new DevMachineError('operator-timeout', detail.join(' '), { retryAfterSeconds: 5 });
}
