import type { DevMachineSpec } from '../schema/spec.ts';
import { TEMPLATES } from '../schema/templates.ts';
import type { IngressPart } from './dependents.ts';
import { readySince } from './diagnose-pod.ts';
import { type Scene, type Verdict, verdict } from './diagnosis.ts';

/** Whether the way to the machine is open: its host is its own, its Service and its Ingress lead to the pod. */

export const ownIngress = ({ machine, parts }: Pick<Scene, 'machine' | 'parts'>): IngressPart | undefined =>
  parts.ingresses.find(
    ({ name, ownerUid }) => name === machine.name && (ownerUid === undefined || ownerUid === machine.uid),
  );

/** The first Ingress with a host has it; one that is made later gets nothing of it, or refused. */
export function hostTrouble(scene: Scene): Verdict | undefined {
  const { machine, parts, deployment } = scene;
  const host = machine.spec.ingressDomain;
  const own = ownIngress(scene);
  const [first] = parts.claimants
    .filter((claimant) => claimant === own || !isOf(claimant, machine))
    .sort(byAge);
  if (!host || !first || first === own) return undefined;
  // Who lives in other namespaces is not ours to tell.
  const other =
    first.namespace === machine.namespace ? `the machine ${first.machine}` : 'a machine of another namespace';
  const since = own?.createdAt ?? deployment?.createdAt ?? machine.specChangedAt;
  return verdict('HostConflict', 'Failed', since, { host, other });
}

/** What is still missing once the pod is ready. */
export function accessTrouble(scene: Scene): Verdict | undefined {
  const { machine, parts } = scene;
  const since = readySince(scene);
  const unseen = (kind: 'EndpointSlice' | 'Ingress') =>
    parts.unknown.includes(kind) ? verdict('PartUnknown', 'Starting', since, { kinds: [kind] }) : undefined;
  if (serves(machine.spec) && !hasEndpoint(scene))
    return unseen('EndpointSlice') ?? verdict('EndpointsNotReady', 'Starting', since);
  const host = machine.spec.ingressDomain;
  if (!host || (ownIngress(scene)?.hosts.includes(host) && !parts.unknown.includes('Ingress')))
    return undefined;
  return unseen('Ingress') ?? verdict('IngressPending', 'Starting', since, { host });
}

/** Absolute; https where the Ingress has a certificate for the host. */
export function urlOf(scene: Pick<Scene, 'machine' | 'parts'>): string | undefined {
  const host = scene.machine.spec.ingressDomain;
  if (!host) return undefined;
  return `${ownIngress(scene)?.tlsHosts.includes(host) ? 'https' : 'http'}://${host}/`;
}

/** Whether the chart makes a Service: it does for a port. */
export const serves = ({ port, template }: DevMachineSpec): boolean =>
  Boolean(port ?? (template && TEMPLATES[template].port));

function hasEndpoint({ parts, pod }: Scene): boolean {
  if (parts.unknown.includes('EndpointSlice')) return false;
  // An endpoint of the former pod can outlive it in a watch that is behind.
  return parts.slices.some(({ endpoints }) =>
    endpoints.some(({ ready, podUid }) => ready && (!pod || podUid === undefined || podUid === pod.uid)),
  );
}

const isOf = ({ machine, namespace }: IngressPart, own: Scene['machine']): boolean =>
  machine === own.name && namespace === own.namespace;

const byAge = (one: IngressPart, other: IngressPart): number => (ageKey(one) < ageKey(other) ? -1 : 1);

const ageKey = ({ createdAt, namespace, name }: IngressPart): string => `${createdAt} ${namespace}/${name}`;
