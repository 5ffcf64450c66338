import type { DevMachineSpec } from '../../schema/spec.ts';
import { TEMPLATES } from '../../schema/templates.ts';
import type { DependentKind, Ingress } from '../dependents.ts';
import { type Diagnosis, type DiagnosisContext, toDiagnosis } from './diagnosis.ts';
import { readySince } from './pod.ts';
import { classOf, diagnoseServing } from './serving.ts';

/** Whether the machine is reachable: nobody else has its host, and its Service and Ingress lead to its pod. */

export const ownIngress = ({
  machine,
  dependents,
}: Pick<DiagnosisContext, 'machine' | 'dependents'>): Ingress | undefined =>
  dependents.ingresses.find(
    ({ name, ownerUid }) => name === machine.name && (ownerUid === undefined || ownerUid === machine.uid),
  );

/** Whether somebody else has the host of the spec. */
export const diagnoseHost = (context: DiagnosisContext): Diagnosis | undefined =>
  context.machine.spec.ingressDomain
    ? diagnoseConflict(context, context.machine.spec.ingressDomain)
    : undefined;

/** The oldest Ingress with a host gets its traffic; ingress controllers ignore or refuse younger ones. */
function diagnoseConflict(context: DiagnosisContext, host: string): Diagnosis | undefined {
  const { machine, dependents, deployment } = context;
  const own = ownIngress(context);
  const [oldest] = dependents.ingressesWithHost
    .filter(({ hosts }) => hosts.includes(host))
    .filter((ingress) => ingress === own || (!belongsTo(ingress, machine) && competes(ingress, own, machine)))
    .sort(byAge);
  if (!oldest || oldest === own) return undefined;
  const hostOwner = describeOwner(oldest, machine.namespace);
  const since = own?.createdAt ?? deployment?.createdAt ?? machine.specChangedAt;
  return toDiagnosis('HostConflict', 'Failed', since, { host, hostOwner });
}

/** What is still missing once the pod is ready; undefined if the machine is reachable. */
export function diagnoseAccess(context: DiagnosisContext): Diagnosis | undefined {
  const { machine, dependents } = context;
  const since = readySince(context);
  const toUnknown = (kind: DependentKind) => toDiagnosis('PartUnknown', 'Starting', since, { kinds: [kind] });
  if (hasService(machine.spec) && !hasReadyEndpoint(context))
    return dependents.unknown.includes('EndpointSlice')
      ? toUnknown('EndpointSlice')
      : toDiagnosis('EndpointsNotReady', 'Starting', since);
  const { ingressDomain: host } = machine.spec;
  if (!host) return undefined;
  if (dependents.unknown.includes('Ingress')) return toUnknown('Ingress');
  return ownIngress(context)?.hosts.includes(host)
    ? diagnoseIngress(context)
    : toDiagnosis('IngressPending', 'Starting', since, { host });
}

/**
 * What the Ingress that exists lacks to be served; undefined if somebody serves it, or if there is none. Its host may differ
 * from the spec's, if the operator has not applied the spec.
 */
export function diagnoseIngress(context: DiagnosisContext): Diagnosis | undefined {
  const ingress = ownIngress(context);
  const host = ingress && hostOf(ingress, context.machine.spec);
  if (!ingress || host === undefined) return undefined;
  return diagnoseConflict(context, host) ?? diagnoseServing(context, ingress, host);
}

/**
 * The absolute URL of the machine, from the Ingress that exists: https if it has a certificate for the host, and with the port
 * if its controller has reported a single one. After a failed change, its host can be another one than the spec's.
 */
export function urlOf(context: Pick<DiagnosisContext, 'machine' | 'dependents'>): string | undefined {
  const ingress = ownIngress(context);
  const host = ingress && hostOf(ingress, context.machine.spec);
  if (!host) return undefined;
  const [scheme, defaultPort] = ingress.tlsHosts.includes(host) ? ['https', 443] : ['http', 80];
  const { port = defaultPort } = ingress;
  return `${scheme}://${host}${port === defaultPort ? '' : `:${port}`}/`;
}

/** Whether the pod still answers, although the present spec could not be applied. */
export function isStillReachable(context: DiagnosisContext): boolean {
  const { pod } = context;
  if (!pod?.ready?.isTrue || pod.deleting || !hasReadyEndpoint(context)) return false;
  return ownIngress(context)?.deleting === false && diagnoseIngress(context) === undefined;
}

const hostOf = ({ hosts }: Ingress, { ingressDomain }: DevMachineSpec): string | undefined =>
  hosts.find((host) => host === ingressDomain) ?? hosts[0];

/** Whether the chart creates a Service: it does if the machine has a port (templates/_service.tpl). */
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

/** Whether both may be served by the same controller. Before the own Ingress exists, only the spec tells its class. */
function competes(other: Ingress, own: Ingress | undefined, { spec }: DiagnosisContext['machine']): boolean {
  const theirs = classOf(other);
  const ours = own ? classOf(own) : spec.ingress?.className;
  return theirs === undefined || theirs === ours || (own !== undefined && ours === undefined);
}

/** The caller may not be allowed to see other namespaces, so names in them are not disclosed. */
function describeOwner({ namespace, name, machine }: Ingress, ownNamespace: string): string {
  if (namespace !== ownNamespace) return `${machine ? 'a machine' : 'an Ingress'} in another namespace`;
  return machine ? `the machine ${machine}` : `the Ingress ${name}`;
}

const byAge = (one: Ingress, other: Ingress): number => (ageKey(one) < ageKey(other) ? -1 : 1);

const ageKey = ({ createdAt, namespace, name }: Ingress): string => `${createdAt} ${namespace}/${name}`;
