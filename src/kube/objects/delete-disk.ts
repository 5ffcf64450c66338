import { DevMachineError, type ErrorDetails } from '../../devmachine/errors.ts';
import type { DiskKey } from '../../devmachine/objects.ts';
import { listAll } from '../cache/list-pager.ts';
import { asStatus, toDomainError } from '../client/api-errors.ts';
import type { KubeResponse, RequestClient } from '../client/transport.ts';
import { getMachine } from '../commands/apply.ts';
import type { Metadata } from '../resources/metadata.ts';
import { accessName, secretPath } from './access.ts';
import { claimsPath, machineOfDisk, machineOfKept } from './disks.ts';

/** The object with its metadata alone: of a Secret, without what is in it. */
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';

/** Uid of the DevMachine that the chart last rendered the object for (operator/helm-charts/devmachine/templates/_disk.tpl). */
const MACHINE_UID_ANNOTATION = 'ide.example.com/machine-uid';

const MAX_ATTEMPTS = 3;

/**
 * Deletes the disk of a machine that is gone, and its access Secret:
 *
 *   read both ──▶ nothing uses the disk ──▶ the machine is gone ──▶ delete the versions that were read
 *
 * A machine that is created meanwhile, and takes them over, changes their versions before it has a pod; see
 * docs/decisions/kept-disks.md. Kubernetes changes the version of a claim, too: from 1.37 on, it writes the condition Unused
 * shortly after the last pod is gone. Then everything is read again.
 */
export async function deleteDisk(client: RequestClient, key: DiskKey, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    if (await deleteAsRead(client, key, signal)) return;
  }
  throw changedMeanwhile(key.name);
}

/** Returns false if the claim was changed meanwhile, but not by a new machine. */
async function deleteAsRead(client: RequestClient, key: DiskKey, signal: AbortSignal): Promise<boolean> {
  const { namespace, name } = key;
  const claimPath = `${claimsPath(namespace)}/${name}`;
  const claim = await readMetadata(client, claimPath, signal);
  const machine = claim ? machineOfDisk(claim) : /^(.+)-disk$/.exec(name)?.[1];
  if (machine === undefined) throw notFound(key);
  const accessPath = secretPath(namespace, accessName(machine));
  const found = await readMetadata(client, accessPath, signal);
  const access = found && machineOfKept(found) === machine ? found : undefined;
  // Without the claim, an earlier request was interrupted.
  if (!claim && !access) throw notFound(key);

  if (claim) await checkUnused(client, key, signal);
  if (await getMachine(client, { namespace, name: machine }, signal)) throw machineExists(machine);

  const changed = claim && (await deleteVersion(client, claimPath, claim, signal));
  if (changed) {
    if (machineUid(changed) !== machineUid(claim)) throw changedMeanwhile(name);
    return false;
  }
  // A new machine that has taken the Secret keeps it.
  if (access) await deleteVersion(client, accessPath, access, signal);
  return true;
}

const machineUid = ({ annotations }: Metadata): string | undefined => annotations?.[MACHINE_UID_ANNOTATION];

async function readMetadata(
  client: RequestClient,
  path: string,
  signal: AbortSignal,
): Promise<Metadata | undefined> {
  const response = await client.request({ path, accept: METADATA, signal });
  if (isNotFound(response)) return undefined;
  const { metadata } = (response.body ?? {}) as { readonly metadata?: Metadata };
  if (response.status !== 200 || !metadata?.uid) throw toDomainError(response);
  return metadata;
}

const isNotFound = ({ status, body }: KubeResponse): boolean =>
  status === 404 && asStatus(body)?.details?.kind !== undefined;

/** Deletes this version of an object, unless it is being deleted. Returns the present version if that is another one. */
async function deleteVersion(
  client: RequestClient,
  path: string,
  { uid, resourceVersion, deletionTimestamp }: Metadata,
  signal: AbortSignal,
): Promise<Metadata | undefined> {
  if (deletionTimestamp !== undefined) return undefined;
  const response = await client.request({
    method: 'DELETE',
    path,
    contentType: 'application/json',
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } },
    accept: METADATA,
    retryable: true,
    signal,
  });
  if (response.status < 300 || isNotFound(response)) return undefined;
  if (response.status !== 409) throw toDomainError(response);
  // A first attempt whose answer was lost has deleted it, or it waits for its finalizers.
  const present = await readMetadata(client, path, signal);
  return present?.uid === uid && present.deletionTimestamp === undefined ? present : undefined;
}

interface PodObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName?: string } }[];
  };
  readonly status?: { readonly phase?: string };
}

/** A pod that has ended uses no claim (as in Kubernetes' own protection of claims). */
async function checkUnused(
  client: RequestClient,
  { namespace, name }: DiskKey,
  signal: AbortSignal,
): Promise<void> {
  const uses = ({ spec, status }: PodObject) =>
    status?.phase !== 'Succeeded' &&
    status?.phase !== 'Failed' &&
    spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === name);
  const { items } = await listAll({
    client,
    path: `/api/v1/namespaces/${namespace}/pods`,
    transform: (object) => (uses(object as PodObject) ? (object as PodObject).metadata.name : ''),
    admit: (pod) => pod !== '',
    signal,
  });
  if (items.length > 0) throw inUse(`The pod ${items[0]} uses the disk ${name}.`);
}

const atFault = (message: string): ErrorDetails => ({
  errors: [{ parameter: 'name', message, source: 'kubernetes' }],
});

const inUse = (message: string, details: ErrorDetails = {}): DevMachineError =>
  new DevMachineError('disk-in-use', message, { ...atFault('is in use'), ...details });

const machineExists = (machine: string): DevMachineError =>
  inUse(
    `The machine ${machine} exists and owns the disk. To delete both, delete the machine with purge=true.`,
  );

const changedMeanwhile = (name: string): DevMachineError =>
  inUse(`The disk ${name} was changed meanwhile: a new machine may use it. Nothing was deleted.`, {
    retryAfterSeconds: 1,
  });

const notFound = ({ namespace, name }: DiskKey): DevMachineError =>
  new DevMachineError(
    'disk-not-found',
    `There is no disk ${name} in the namespace ${namespace} that outlived its machine. Other claims are not deleted here.`,
    atFault('is not the disk of a machine that is gone'),
  );
