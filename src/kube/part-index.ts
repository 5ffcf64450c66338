import type { Machine } from '../devmachine/machine.ts';
import type {
  ClaimPart,
  DeploymentPart,
  EndpointSlicePart,
  EventPart,
  IngressPart,
  MachineParts,
  Part,
  PartKind,
  PodPart,
} from '../devmachine/parts.ts';
import { Groups } from './groups.ts';
import type { Change } from './store.ts';

/** Whose status a change of a part can change: these machines, and all that want these hosts. */
export interface Touched {
  readonly machines: Iterable<string>;
  readonly hosts: Iterable<string>;
}

/** The parts of all machines, found by machine; and the Ingresses by host, because a host has room for one only. */
export interface PartIndex {
  apply(kind: PartKind, change: Change<Part | EventPart>): Touched;
  /** Without those of unknown kinds: what is left of them is from before they became so. */
  of(machine: Machine, unknown: readonly PartKind[]): MachineParts;
}

export const machineKey = ({ namespace, name }: { namespace: string; name: string }): string =>
  `${namespace}/${name}`;

export function openPartIndex(): PartIndex {
  const ofMachine = ({ namespace, machine }: Part) => [`${namespace}/${machine}`];
  const groups = {
    Deployment: new Groups<DeploymentPart>(ofMachine),
    Pod: new Groups<PodPart>(ofMachine),
    PersistentVolumeClaim: new Groups<ClaimPart>(ofMachine),
    Ingress: new Groups<IngressPart>(ofMachine),
    EndpointSlice: new Groups<EndpointSlicePart>(ofMachine),
  };
  const podsByUid = new Groups<PodPart>(({ uid }) => [uid]);
  const eventsByPod = new Groups<EventPart>(({ podUid }) => [podUid]);
  const ingressesByHost = new Groups<IngressPart>(({ hosts }) => hosts);

  return {
    apply(kind, change) {
      if (kind === 'Event') {
        const pods = [...eventsByPod.apply(change as Change<EventPart>)].flatMap((uid) => podsByUid.get(uid));
        return { machines: new Set(pods.flatMap(ofMachine)), hosts: [] };
      }
      if (kind === 'Pod') podsByUid.apply(change as Change<PodPart>);
      const hosts = kind === 'Ingress' ? ingressesByHost.apply(change as Change<IngressPart>) : [];
      return { machines: groups[kind].apply(change as Change<never>), hosts };
    },

    of(machine, unknown) {
      const key = machineKey(machine);
      const known = <T>(kind: PartKind, parts: () => T[]): T[] => (unknown.includes(kind) ? [] : parts());
      const pods = known('Pod', () => groups.Pod.get(key));
      const host = machine.spec.ingressDomain ?? '';
      return {
        deployments: known('Deployment', () => groups.Deployment.get(key)),
        pods,
        claims: known('PersistentVolumeClaim', () => groups.PersistentVolumeClaim.get(key)),
        ingresses: known('Ingress', () => groups.Ingress.get(key)),
        slices: known('EndpointSlice', () => groups.EndpointSlice.get(key)),
        events: known('Event', () => pods.flatMap(({ uid }) => eventsByPod.get(uid))),
        claimants: known('Ingress', () => ingressesByHost.get(host)),
        unknown,
      };
    },
  };
}
