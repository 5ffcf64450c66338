import { toNano } from '../../quantity.ts';
import { diskName } from '../dependents.ts';
import { specDigest } from '../spec-digest.ts';
import { hasService, ownIngress } from './access.ts';
import { type Diagnosis, type DiagnosisContext, toDiagnosis } from './diagnosis.ts';
import { describeFullQuota, toQuotaExceeded } from './quota.ts';

/** The condition of an upgrade that the cluster refused half-way. It does not say why. */
export const UPGRADE_FAILED = 'upgrade failed; rollback required';

/** The reporter's words about the present spec. */
export function findRefusal({ machine, dependents }: DiagnosisContext): string | undefined {
  const digest = specDigest(machine.spec);
  return dependents.refusals.find((refusal) => refusal.specDigest === digest)?.message;
}

/** Something in which the objects in the cluster differ from the present spec. */
interface Difference {
  readonly text: string;
  /** What it would take from quotas to remove the difference, in billionths. */
  readonly needs?: Readonly<Record<string, bigint>>;
}

/** Without the cluster's words: names what is missing or differs, and the quota that has no room for it. */
export function diagnoseDifferences(context: DiagnosisContext, since: string): Diagnosis {
  const differences = findDifferences(context);
  for (const { text, needs } of differences) {
    const quota = needs && describeFullQuota(context.dependents.quotas, needs);
    if (quota) return toQuotaExceeded(context, since, `${text}, and ${quota}`);
  }
  const texts = differences.map(({ text }) => ` ${text}.`).join('');
  return toDiagnosis('ReleaseFailed', 'Failed', since, { upstreamMessage: `${UPGRADE_FAILED}.${texts}` });
}

/** In the order in which Helm applies the objects. */
function findDifferences(context: DiagnosisContext): Difference[] {
  const { machine, dependents, deployment } = context;
  const found = [
    dependents.unknown.includes('PersistentVolumeClaim') ? undefined : findDiskDifference(context),
    dependents.unknown.includes('EndpointSlice') ? undefined : findServiceDifference(context),
    dependents.unknown.includes('Ingress') ? undefined : findIngressDifference(context),
  ].filter((difference) => difference !== undefined);
  // After the rollback, the Deployment is always the former one: that says something only if nothing else does.
  if (found.length > 0 || !deployment || deployment.specDigest === specDigest(machine.spec)) return found;
  return [{ text: `The Deployment ${deployment.name} still has the former spec` }];
}

const ONE = 1_000_000_000n;

function findDiskDifference({ machine, dependents }: DiagnosisContext): Difference | undefined {
  const { storage } = machine.spec;
  const wanted = storage && toNano(storage.size);
  if (!storage || wanted === undefined) return undefined;
  const name = diskName(machine.name);
  const disk = dependents.pvcs.find((pvc) => pvc.name === name);
  const storageClass = disk?.storageClassName ?? storage.storageClassName;
  const ofClass = `${storageClass}.storageclass.storage.k8s.io`;
  if (!disk) {
    return {
      text: `The PersistentVolumeClaim ${name} does not exist`,
      needs: {
        persistentvolumeclaims: ONE,
        'count/persistentvolumeclaims': ONE,
        'requests.storage': wanted,
        [`${ofClass}/persistentvolumeclaims`]: ONE,
        [`${ofClass}/requests.storage`]: wanted,
      },
    };
  }
  const present = toNano(disk.requestedSize);
  if (present === undefined || present >= wanted) return undefined;
  return {
    text: `The PersistentVolumeClaim ${name} requests ${disk.requestedSize} instead of ${storage.size}`,
    needs: { 'requests.storage': wanted - present, [`${ofClass}/requests.storage`]: wanted - present },
  };
}

/** Services are not watched, but each has EndpointSlices. */
function findServiceDifference({ machine, dependents }: DiagnosisContext): Difference | undefined {
  if (!hasService(machine.spec) || dependents.endpointSlices.length > 0) return undefined;
  return {
    text: `The Service ${machine.name} does not exist`,
    needs: { services: ONE, 'count/services': ONE },
  };
}

function findIngressDifference(context: DiagnosisContext): Difference | undefined {
  const { name, spec } = context.machine;
  const host = spec.ingressDomain;
  if (!host) return undefined;
  const ingress = ownIngress(context);
  if (!ingress)
    return {
      text: `The Ingress ${name} does not exist`,
      needs: { 'count/ingresses.networking.k8s.io': ONE },
    };
  if (ingress.hosts.includes(host)) return undefined;
  return { text: `The Ingress ${name} has the host ${ingress.hosts.join(', ')} instead of ${host}` };
}
