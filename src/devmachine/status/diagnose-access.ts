import type { DevMachineSpec } from '../schema/spec.ts';
import { TEMPLATES } from '../schema/templates.ts';
import type { Ingress } from './dependents.ts';
import { readySince } from './diagnose-pod.ts';
import { type Diagnosis, type DiagnosisContext, diagnosis } from './diagnosis.ts';

/** Whether the way to the machine is open: its host is its own, its Service and its Ingress lead to the pod. */

export const ownIngress = ({
  machine,
  dependents,
}: Pick<DiagnosisContext, 'machine' | 'dependents'>): Ingress | undefined =>
  dependents.ingresses.find(
    ({ name, ownerUid }) => name === machine.name && (ownerUid === undefined || ownerUid === machine.uid),
  );

/** The first Ingress with a host has it; one that is made later gets nothing of it, or refused. */
export function diagnoseHost(context: DiagnosisContext): Diagnosis | undefined {
  const { machine, dependents, deployment } = context;
  const host = machine.spec.ingressDomain;
  const own = ownIngress(context);
  const [first] = dependents.ingressesWithHost
    .filter((claimant) => claimant === own || !isOf(claimant, machine))
    .sort(byAge);
  if (!host || !first || first === own) return undefined;
  // Who lives in other namespaces is not ours to tell.
  const other =
    first.namespace === machine.namespace ? `the machine ${first.machine}` : 'a machine of another namespace';
  const since = own?.createdAt ?? deployment?.createdAt ?? machine.specChangedAt;
  return diagnosis('HostConflict', 'Failed', since, { host, other });
}

/** What is still missing once the pod is ready. */
export function diagnoseAccess(context: DiagnosisContext): Diagnosis | undefined {
  const { machine, dependents } = context;
  const since = readySince(context);
  const unseen = (kind: 'EndpointSlice' | 'Ingress') =>
    dependents.unknown.includes(kind)
      ? diagnosis('PartUnknown', 'Starting', since, { kinds: [kind] })
      : undefined;
  if (serves(machine.spec) && !hasEndpoint(context))
    return unseen('EndpointSlice') ?? diagnosis('EndpointsNotReady', 'Starting', since);
  const host = machine.spec.ingressDomain;
  if (!host || (ownIngress(context)?.hosts.includes(host) && !dependents.unknown.includes('Ingress')))
    return undefined;
  return unseen('Ingress') ?? diagnosis('IngressPending', 'Starting', since, { host });
}

/** Absolute; https where the Ingress has a certificate for the host. */
export function urlOf(context: Pick<DiagnosisContext, 'machine' | 'dependents'>): string | undefined {
  const host = context.machine.spec.ingressDomain;
  if (!host) return undefined;
  return `${ownIngress(context)?.tlsHosts.includes(host) ? 'https' : 'http'}://${host}/`;
}

/** Whether the chart makes a Service: it does for a port. */
export const serves = ({ port, template }: DevMachineSpec): boolean =>
  Boolean(port ?? (template && TEMPLATES[template].port));

function hasEndpoint({ dependents, pod }: DiagnosisContext): boolean {
  if (dependents.unknown.includes('EndpointSlice')) return false;
  // An endpoint of the former pod can outlive it in a watch that is behind.
  return dependents.endpointSlices.some(({ endpoints }) =>
    endpoints.some(({ ready, podUid }) => ready && (!pod || podUid === undefined || podUid === pod.uid)),
  );
}

const isOf = ({ machine, namespace }: Ingress, own: DiagnosisContext['machine']): boolean =>
  machine === own.name && namespace === own.namespace;

const byAge = (one: Ingress, other: Ingress): number => (ageKey(one) < ageKey(other) ? -1 : 1);

const ageKey = ({ createdAt, namespace, name }: Ingress): string => `${createdAt} ${namespace}/${name}`;
