import type { Pvc } from '../../devmachine/status/dependents.ts';
import { intern } from './intern.ts';
import { type Metadata, toDependent } from './metadata.ts';

interface ClaimObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

export function toPvc(object: unknown): Pvc {
  const { metadata, spec, status = {} } = object as ClaimObject;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'PersistentVolumeClaim',
    metadata,
  );
  return {
    kind,
    namespace,
    name,
    uid,
    resourceVersion,
    machine,
    createdAt,
    deleting,
    phase: intern(status.phase ?? 'Pending'),
    size: intern(status.capacity?.storage ?? spec.resources?.requests?.storage ?? ''),
    storageClassName: intern(spec.storageClassName),
  };
}
