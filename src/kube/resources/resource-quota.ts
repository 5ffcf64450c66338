import type { ResourceQuota } from '../../devmachine/status/dependents.ts';
import type { Interner } from './intern.ts';
import { type Metadata, toDependent } from './metadata.ts';

type Quantities = Readonly<Record<string, string>>;

interface ResourceQuotaObject {
  readonly metadata: Metadata;
  /** Admission compares with the status, not with the spec. */
  readonly status?: { readonly hard?: Quantities; readonly used?: Quantities };
}

export function toResourceQuota(object: unknown, interner: Interner): ResourceQuota {
  const { metadata, status: { hard = {}, used = {} } = {} } = object as ResourceQuotaObject;
  const { kind, namespace, name, uid, resourceVersion, createdAt, deleting } = toDependent(
    'ResourceQuota',
    metadata,
    interner,
  );
  return {
    kind,
    namespace,
    name,
    uid,
    resourceVersion,
    createdAt,
    deleting,
    limits: Object.entries(hard).map(([resource, limit]) => ({
      resource: interner.text(resource),
      hard: interner.text(limit),
      used: used[resource] ?? '0',
    })),
  };
}
