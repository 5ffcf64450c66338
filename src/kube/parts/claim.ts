import type { ClaimPart } from '../../devmachine/parts.ts';
import { type Metadata, toPart } from './meta.ts';

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
  return {
    ...toPart({ metadata }),
    phase: status.phase ?? 'Pending',
    size: status.capacity?.storage ?? spec.resources?.requests?.storage ?? '',
    className: spec.storageClassName,
  };
}
