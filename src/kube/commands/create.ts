import { beingDeleted, DevMachineError, type FieldError, keepsChanging } from '../../devmachine/errors.ts';
import { differences, valueAt } from '../../devmachine/json-pointer.ts';
import type { Created, CreateOptions } from '../../devmachine/machines.ts';
import { FIELD_MANAGER, type MachineKey, toManifest } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { asStatus, toDomainError } from '../client/api-errors.ts';
import type { Connection, KubeResponse } from '../client/transport.ts';
import { fieldOwners } from '../managed-fields/owners.ts';
import { asMachineObject, type MachineObject, machinePath, toMachine } from '../resources/devmachine.ts';

/**
 * No object carries this version: etcd's first write is revision 2. An apply that demands it creates the object where
 * there is none, and is a Conflict that changes nothing where there is one. See docs/decisions/exact-create.md.
 */
const NEVER_STORED = '1';
/** How often a create starts over because the object in its way changed, or went, while it looked. */
const ATTEMPTS = 5;

interface Precondition {
  readonly uid?: string;
  readonly resourceVersion: string;
}

/** Creates a machine exactly once over all replicas; see Machines.create for what it answers and throws. */
export async function createMachine(
  connection: Connection,
  key: MachineKey,
  spec: DevMachineSpec,
  { dryRun, signal }: CreateOptions,
): Promise<Created> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const reply = await apply(connection, key, spec, { resourceVersion: NEVER_STORED }, { dryRun, signal });
    if (reply.status === 201) return { created: true, machine: toMachine(asMachineObject(reply.body)) };
    if (reply.status !== 409) throw toDomainError(reply);
    const stored = await getMachine(connection, key, signal);
    if (stored && (await isSame(connection, key, spec, stored, signal))) {
      return { created: false, machine: toMachine(stored) };
    }
  }
  throw keepsChanging(key);
}

export async function getMachine(
  connection: Connection,
  key: MachineKey,
  signal: AbortSignal,
): Promise<MachineObject | undefined> {
  const reply = await connection.request({ path: machinePath(key), signal });
  if (reply.status === 200) return asMachineObject(reply.body);
  if (reply.status === 404 && asStatus(reply.body)?.details?.kind) return undefined;
  throw toDomainError(reply);
}

/**
 * Whether the request would change nothing; false where the stored object changed meanwhile. Throws already-exists with
 * the fields that differ, or being-deleted.
 */
async function isSame(
  connection: Connection,
  key: MachineKey,
  spec: DevMachineSpec,
  stored: MachineObject,
  signal: AbortSignal,
): Promise<boolean> {
  const { metadata } = stored;
  if (metadata.deletionTimestamp) throw beingDeleted(key);
  const reply = await tryReplacing(connection, key, stored, spec, signal);
  // Changed meanwhile, or gone.
  if (reply.status === 409 || reply.status === 404) return false;
  if (reply.status !== 200 && reply.status !== 422) throw toDomainError(reply);
  const pointers =
    reply.status === 200
      ? differences(stored.spec, asMachineObject(reply.body).spec, '/spec')
      : askedOtherwise(stored, spec);
  if (pointers.length === 0) return true;
  throw new DevMachineError(
    'already-exists',
    `The machine ${key.name} is there already, with another spec.`,
    { errors: pointers.map((pointer) => difference(stored, pointer)) },
  );
}

/**
 * What the stored machine would be with the request's spec in the place of its own: a dry run, so that the cluster fills
 * in its defaults. An apply would not do: it leaves alone what others have added.
 */
const tryReplacing = (
  connection: Connection,
  key: MachineKey,
  { metadata }: MachineObject,
  spec: DevMachineSpec,
  signal: AbortSignal,
): Promise<KubeResponse> =>
  connection.request({
    method: 'PATCH',
    path: machinePath(key),
    query: { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', dryRun: 'All' },
    contentType: 'application/json-patch+json',
    body: [
      { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
      { op: 'replace', path: '/spec', value: spec },
    ],
    repeatable: true,
    signal,
  });

/**
 * Where the request differs in its own words, for when a rule between the stored machine and a new one refuses it, such as
 * a disk that would shrink. What is left to the cluster's defaults does not count.
 */
function askedOtherwise(stored: MachineObject, spec: DevMachineSpec): string[] {
  return differences(stored.spec, spec, '/spec').filter(
    (pointer) => owners(stored, pointer).length > 0 || valueAt({ spec }, pointer) !== undefined,
  );
}

const owners = ({ metadata, spec }: MachineObject, pointer: string): string[] =>
  fieldOwners(metadata.managedFields ?? [], { spec }, pointer);

function difference(stored: MachineObject, pointer: string): FieldError {
  const managers = owners(stored, pointer);
  const owner = managers.length > 0 ? `managed by ${managers.join(' and ')}` : 'a default of the cluster';
  const message =
    valueAt({ spec: stored.spec }, pointer) === undefined
      ? 'is not set in the stored machine'
      : `differs from the stored machine's (${owner})`;
  return { pointer, message, source: 'kubernetes', managers };
}

interface ApplyOptions {
  readonly dryRun: boolean;
  /** Takes over the fields that other managers own. */
  readonly force?: boolean;
  /** Whether it may be sent again where its outcome is unknown. The precondition lets it take effect only once. */
  readonly repeatable?: boolean;
  readonly signal: AbortSignal;
}

/** What is left out and was applied before is removed: `spec` is always all that we own, or will. */
export async function apply(
  connection: Connection,
  key: MachineKey,
  spec: Partial<DevMachineSpec>,
  precondition: Precondition,
  { dryRun, force = false, repeatable = true, signal }: ApplyOptions,
): Promise<KubeResponse> {
  const manifest = toManifest(key, spec);
  return connection.request({
    method: 'PATCH',
    path: machinePath(key),
    query: {
      fieldManager: FIELD_MANAGER,
      force: String(force),
      fieldValidation: 'Strict',
      ...(dryRun ? { dryRun: 'All' } : {}),
    },
    contentType: 'application/apply-patch+yaml',
    body: { ...manifest, metadata: { ...manifest.metadata, ...precondition } },
    repeatable,
    signal,
  });
}
