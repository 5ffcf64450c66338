import type { Disk } from '../../devmachine/objects.ts';
import { diskName } from '../../devmachine/status/dependents.ts';
import { listAll } from '../cache/list-pager.ts';
import type { RequestClient } from '../client/transport.ts';
import { machinesPath } from '../resources/devmachine.ts';
import { Interner } from '../resources/intern.ts';
import { MACHINE_LABEL, type Metadata } from '../resources/metadata.ts';
import { toPvc } from '../resources/pvc.ts';

export const claimsPath = (namespace: string): string =>
  `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;

/** The objects with their metadata alone. */
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

/**
 * The machine of an object that outlives it; undefined if nothing says so. The chart labels the object with the machine, and
 * Helm keeps what has the annotation.
 */
export function machineOfKept({ labels, annotations }: Metadata): string | undefined {
  return annotations?.['helm.sh/resource-policy'] === 'keep' ? labels?.[MACHINE_LABEL] : undefined;
}

/** The machine of a disk that outlives it; undefined for any other claim, such as that of a mount. */
export function machineOfDisk(claim: Metadata): string | undefined {
  const machine = machineOfKept(claim);
  return machine !== undefined && claim.name === diskName(machine) ? machine : undefined;
}

/**
 * Lists the disks first: a machine that is created meanwhile has its disk back. `exists` may miss a machine that was just
 * created, so the machines are listed, too, unless it finds all of them.
 */
export async function listDisks(
  client: RequestClient,
  namespace: string,
  exists: (machine: string) => boolean,
  signal: AbortSignal,
): Promise<Disk[]> {
  const interner = new Interner();
  const { items } = await listAll({
    client,
    path: claimsPath(namespace),
    selectors: { labelSelector: MACHINE_LABEL },
    transform: (object) => toDisk(object, interner),
    admit: (disk) => disk !== undefined && !exists(disk.machine),
    signal,
  });
  const disks = items.filter((disk) => disk !== undefined);
  if (disks.length === 0) return [];
  const machines = await listAll({
    client,
    path: machinesPath(namespace),
    accept: METADATA_LIST,
    transform: (object) => (object as { readonly metadata: Metadata }).metadata.name,
    signal,
  });
  const alive = new Set(machines.items);
  return disks
    .filter(({ machine }) => !alive.has(machine))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** undefined unless it is a disk that outlives its machine. One that is being deleted does not. */
function toDisk(object: unknown, interner: Interner): Disk | undefined {
  const machine = machineOfDisk((object as { readonly metadata: Metadata }).metadata);
  const { name, size, storageClassName, createdAt, deleting } = toPvc(object, interner);
  return machine === undefined || deleting ? undefined : { name, machine, size, storageClassName, createdAt };
}
