import { beingDeleted, DevMachineError, type FieldError, keepsChanging } from '../../devmachine/errors.ts';
import { differences, valueAt } from '../../devmachine/json-pointer.ts';
import type { CreateOptions } from '../../devmachine/machines.ts';
import { FIELD_MANAGER, type MachineKey } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { toDomainError } from '../client/api-errors.ts';
import type { KubeResponse, RequestClient } from '../client/transport.ts';
import { fieldOwners } from '../managed-fields/owners.ts';
import { asMachineObject, type MachineObject, machinePath } from '../resources/devmachine.ts';
import { apply, getMachine } from './apply.ts';

/**
 * A version that no object has: etcd's first write is revision 2. An apply with this precondition creates the object, or
 * is a Conflict that changes nothing if one exists. See docs/decisions/exact-create.md.
 */
const NEVER_STORED = '1';
/** How often a create starts again because the existing object changed or disappeared while it was compared. */
const MAX_ATTEMPTS = 5;

interface CreateResult {
  /** false: the same machine existed already. */
  readonly created: boolean;
  readonly object: MachineObject;
}

/** Creates a machine exactly once over all replicas; see Machines.create for what it throws. */
export async function createMachine(
  client: RequestClient,
  key: MachineKey,
  spec: DevMachineSpec,
  { dryRun, signal }: CreateOptions,
): Promise<CreateResult> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const precondition = { resourceVersion: NEVER_STORED };
    const response = await apply(client, key, spec, precondition, { dryRun, signal });
    if (response.status === 201) return { created: true, object: asMachineObject(response.body) };
    if (response.status !== 409) throw toDomainError(response);
    const stored = await getMachine(client, key, signal);
    if (stored && (await isSame(client, key, spec, stored, signal)))
      return { created: false, object: stored };
  }
  throw keepsChanging(key);
}

/**
 * Whether the request would change nothing. Returns false if the stored object changed meanwhile. Throws being-deleted, or
 * already-exists with the fields that differ.
 */
async function isSame(
  client: RequestClient,
  key: MachineKey,
  spec: DevMachineSpec,
  stored: MachineObject,
  signal: AbortSignal,
): Promise<boolean> {
  if (stored.metadata.deletionTimestamp) throw beingDeleted(key);
  const response = await dryRunReplace(client, key, stored, spec, signal);
  if (response.status === 409 || response.status === 404) return false;
  if (response.status !== 200 && response.status !== 422) throw toDomainError(response);
  const pointers =
    response.status === 200
      ? differences(stored.spec, asMachineObject(response.body).spec, '/spec')
      : requestedDifferences(stored, spec);
  if (pointers.length === 0) return true;
  throw new DevMachineError('already-exists', `The machine ${key.name} already exists with another spec.`, {
    errors: pointers.map((pointer) => toFieldError(stored, pointer)),
  });
}

/**
 * The stored machine with the requested spec in place of its own, and with the API server's defaults. A dry-run apply
 * would keep the fields of other managers.
 */
const dryRunReplace = (
  client: RequestClient,
  key: MachineKey,
  { metadata }: MachineObject,
  spec: DevMachineSpec,
  signal: AbortSignal,
): Promise<KubeResponse> =>
  client.request({
    method: 'PATCH',
    path: machinePath(key),
    query: { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', dryRun: 'All' },
    contentType: 'application/json-patch+json',
    body: [
      { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
      { op: 'replace', path: '/spec', value: spec },
    ],
    retryable: true,
    signal,
  });

/**
 * The fields in which the request itself differs, for when a transition rule (such as a disk that would shrink) refuses the
 * dry run. Fields that are left to their defaults do not count.
 */
function requestedDifferences(stored: MachineObject, spec: DevMachineSpec): string[] {
  return differences(stored.spec, spec, '/spec').filter(
    (pointer) => owners(stored, pointer).length > 0 || valueAt({ spec }, pointer) !== undefined,
  );
}

const owners = ({ metadata, spec }: MachineObject, pointer: string): string[] =>
  fieldOwners(metadata.managedFields ?? [], { spec }, pointer);

function toFieldError(stored: MachineObject, pointer: string): FieldError {
  const managers = owners(stored, pointer);
  const owner = managers.length > 0 ? `managed by ${managers.join(' and ')}` : 'a default of the cluster';
  const message =
    valueAt({ spec: stored.spec }, pointer) === undefined
      ? 'is not set in the stored machine'
      : `differs from the stored machine's (${owner})`;
  return { pointer, message, source: 'kubernetes', managers };
}
