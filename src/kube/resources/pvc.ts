import type { Pvc } from '../../devmachine/status/dependents.ts';
import type { Interner } from './intern.ts';
import { type Metadata, toDependent } from './metadata.ts';

interface ClaimObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

export function toPvc(object: unknown, interner: Interner): Pvc {
  const { metadata, spec, status = {} } = object as ClaimObject;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'PersistentVolumeClaim',
    metadata,
    interner,
  );
  const requestedSize = interner.text(spec.resources?.requests?.storage ?? '');
  return {
    kind,
    namespace,
    name,
    uid,
    resourceVersion,
    machine,
    createdAt,
    deleting,
    phase: interner.text(status.phase ?? 'Pending'),
    size: interner.text(status.capacity?.storage ?? requestedSize),
    requestedSize,
    storageClassName: interner.text(spec.storageClassName),
  };
}
