import type { DevMachineSpec } from '../../schema/spec.ts';
import { TEMPLATES } from '../../schema/templates.ts';
import type { Ingress } from '../dependents.ts';
import { type Diagnosis, type DiagnosisContext, toDiagnosis } from './diagnosis.ts';
import { readySince } from './pod.ts';

/** Whether the machine is reachable: no other machine has its host, and its Service and Ingress lead to its pod. */

export const ownIngress = ({
  machine,
  dependents,
}: Pick<DiagnosisContext, 'machine' | 'dependents'>): Ingress | undefined =>
  dependents.ingresses.find(
    ({ name, ownerUid }) => name === machine.name && (ownerUid === undefined || ownerUid === machine.uid),
  );

/**
 * Whether another machine has the host. The oldest Ingress with a host gets its traffic; ingress controllers ignore or
 * refuse younger ones.
 */
export function diagnoseHost(context: DiagnosisContext): Diagnosis | undefined {
  const { machine, dependents, deployment } = context;
  const host = machine.spec.ingressDomain;
  const own = ownIngress(context);
  const [oldest] = dependents.ingressesWithHost
    .filter((ingress) => ingress === own || !belongsTo(ingress, machine))
    .sort(byAge);
  if (!host || !oldest || oldest === own) return undefined;
  // The caller may not be allowed to see other namespaces, so their machines are not named.
  const hostOwner =
    oldest.namespace === machine.namespace
      ? `the machine ${oldest.machine}`
      : 'a machine in another namespace';
  const since = own?.createdAt ?? deployment?.createdAt ?? machine.specChangedAt;
  return toDiagnosis('HostConflict', 'Failed', since, { host, hostOwner });
}

/** What is still missing once the pod is ready; undefined if the machine is reachable. */
export function diagnoseAccess(context: DiagnosisContext): Diagnosis | undefined {
  const { machine, dependents } = context;
  const since = readySince(context);
  const diagnoseUnknown = (kind: 'EndpointSlice' | 'Ingress') =>
    dependents.unknown.includes(kind)
      ? toDiagnosis('PartUnknown', 'Starting', since, { kinds: [kind] })
      : undefined;
  if (hasService(machine.spec) && !hasReadyEndpoint(context))
    return diagnoseUnknown('EndpointSlice') ?? toDiagnosis('EndpointsNotReady', 'Starting', since);
  const host = machine.spec.ingressDomain;
  if (!host || (ownIngress(context)?.hosts.includes(host) && !dependents.unknown.includes('Ingress')))
    return undefined;
  return diagnoseUnknown('Ingress') ?? toDiagnosis('IngressPending', 'Starting', since, { host });
}

/**
 * The absolute URL of the machine, from the Ingress that exists: https if it has a certificate for the host. After a failed
 * change, its host can be another one than the spec's.
 */
export function urlOf(context: Pick<DiagnosisContext, 'machine' | 'dependents'>): string | undefined {
  const { hosts = [], tlsHosts = [] } = ownIngress(context) ?? {};
  const host = hosts.find((one) => one === context.machine.spec.ingressDomain) ?? hosts[0];
  return host && `${tlsHosts.includes(host) ? 'https' : 'http'}://${host}/`;
}

/** Whether the pod still answers, although the present spec could not be applied. */
export function isStillReachable(context: DiagnosisContext): boolean {
  const { pod } = context;
  if (!pod?.ready?.isTrue || pod.deleting || !hasReadyEndpoint(context)) return false;
  return ownIngress(context)?.deleting === false && diagnoseHost(context) === undefined;
}

/** Whether the chart creates a Service: it does if the machine has a port (templates/service.yaml). */
export const hasService = ({ port, template }: DevMachineSpec): boolean =>
  Boolean(port ?? (template && TEMPLATES[template].port));

function hasReadyEndpoint({ dependents, pod }: DiagnosisContext): boolean {
  if (dependents.unknown.includes('EndpointSlice')) return false;
  // A watch that lags behind can still have the endpoint of the previous pod.
  return dependents.endpointSlices.some(({ endpoints }) =>
    endpoints.some(({ ready, podUid }) => ready && (!pod || podUid === undefined || podUid === pod.uid)),
  );
}

const belongsTo = (ingress: Ingress, { name, namespace }: DiagnosisContext['machine']): boolean =>
  ingress.machine === name && ingress.namespace === namespace;

const byAge = (one: Ingress, other: Ingress): number => (ageKey(one) < ageKey(other) ? -1 : 1);

const ageKey = ({ createdAt, namespace, name }: Ingress): string => `${createdAt} ${namespace}/${name}`;
