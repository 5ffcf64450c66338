import type { Certificate } from '../../devmachine/status/dependents.ts';
import type { Interner } from './intern.ts';
import { type ConditionObject, type Metadata, toConditionState, toDependent } from './metadata.ts';

interface CertificateObject {
  readonly metadata: Metadata;
  readonly spec: { readonly dnsNames?: readonly string[] };
  readonly status?: { readonly conditions?: readonly CertificateCondition[] };
}

type CertificateCondition = ConditionObject & { readonly observedGeneration?: number };

export function toCertificate(object: unknown, interner: Interner): Certificate {
  const { metadata, spec, status } = object as CertificateObject;
  const { generation = 0, creationTimestamp } = metadata;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'Certificate',
    metadata,
    interner,
  );
  const current = (status?.conditions ?? []).filter(
    ({ observedGeneration = generation }) => observedGeneration >= generation,
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
    hosts: [...(spec.dnsNames ?? [])],
    ready: toConditionState(current, 'Ready', creationTimestamp, interner),
  };
}
