import type { EndpointSlice } from '../../devmachine/status/dependents.ts';
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

export function toEndpointSlice(object: unknown): EndpointSlice {
  const { metadata, endpoints } = object as EndpointSliceObject;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'EndpointSlice',
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
    endpoints: (endpoints ?? []).map(({ conditions, targetRef }) => ({
      // Not said is to be taken for ready (discovery.k8s.io/v1, EndpointConditions).
      ready: conditions?.ready ?? true,
      podUid: targetRef?.uid,
    })),
  };
}
