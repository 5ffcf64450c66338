import type { EndpointSlice } from '../../devmachine/status/dependents.ts';
import type { Interner } from './intern.ts';
import { type Metadata, toDependent } from './metadata.ts';

interface EndpointSliceObject {
  readonly metadata: Metadata;
  readonly endpoints?:
    | readonly {
        readonly conditions?: { readonly ready?: boolean | null };
        readonly targetRef?: { readonly uid?: string };
      }[]
    | null;
}

export function toEndpointSlice(object: unknown, interner: Interner): EndpointSlice {
  const { metadata, endpoints } = object as EndpointSliceObject;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'EndpointSlice',
    metadata,
    interner,
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
    endpoints: (endpoints ?? []).map(({ conditions, targetRef }) => ({
      // A missing value means ready (discovery.k8s.io/v1, EndpointConditions).
      ready: conditions?.ready ?? true,
      podUid: targetRef?.uid,
    })),
  };
}
