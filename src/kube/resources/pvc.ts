import type { ClaimPart } from '../../devmachine/status/dependents.ts';
import { share } from './intern.ts';
import { type Metadata, toPart } from './metadata.ts';

interface ClaimObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

export function toClaimPart(object: unknown): ClaimPart {
  const { metadata, spec, status = {} } = object as ClaimObject;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toPart(
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
    phase: share(status.phase ?? 'Pending'),
    size: share(status.capacity?.storage ?? spec.resources?.requests?.storage ?? ''),
    className: share(spec.storageClassName),
  };
}
