import type { Deployment } from '../../devmachine/status/dependents.ts';
import { SPEC_DIGEST_ANNOTATION } from '../../devmachine/status/spec-digest.ts';
import type { Interner } from './intern.ts';
import { type ConditionObject, type Metadata, ownerUid, toConditionState, toDependent } from './metadata.ts';

/** Set by the chart (operator/helm-charts/devmachine/templates/deployment.yaml). */
const RESTART_PENDING_ANNOTATION = 'ide.example.com/restart-pending';

/** Of the pod template (operator/helm-charts/devmachine/templates/_pod.tpl). */
const GUARD_LABEL = 'ide.example.com/guard';

interface DeploymentObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly replicas?: number;
    readonly template?: { readonly metadata?: Partial<Metadata> };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly conditions?: readonly ConditionObject[];
  };
}

export function toDeployment(object: unknown, interner: Interner): Deployment {
  const { metadata, spec, status = {} } = object as DeploymentObject;
  const { kind, namespace, name, uid, resourceVersion, machine, createdAt, deleting } = toDependent(
    'Deployment',
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
    ownerUid: ownerUid(metadata),
    guard: interner.text(spec.template?.metadata?.labels?.[GUARD_LABEL]),
    specDigest: metadata.annotations?.[SPEC_DIGEST_ANNOTATION],
    restartPending: metadata.annotations?.[RESTART_PENDING_ANNOTATION] === 'true',
    generation: metadata.generation ?? 0,
    observedGeneration: status.observedGeneration ?? 0,
    desiredReplicas: spec.replicas ?? 1,
    replicas: status.replicas ?? 0,
    updatedReplicas: status.updatedReplicas ?? 0,
    readyReplicas: status.readyReplicas ?? 0,
    failure: toConditionState(status.conditions, 'ReplicaFailure', metadata.creationTimestamp, interner),
  };
}
