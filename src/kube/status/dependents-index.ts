import type { Machine } from '../../devmachine/machine.ts';
import type {
  DependentKind,
  Dependents,
  Ingress,
  LabeledDependent,
  PodEvent,
} from '../../devmachine/status/dependents.ts';
import { Index } from '../cache/index.ts';
import { NamespacedMap } from '../cache/namespaced-map.ts';
import type { Delta } from '../cache/store.ts';

/** Whose status a change of a part can change: these machines, and all that want these hosts. */
export interface AffectedKeys {
  readonly machines: readonly MachineName[];
  readonly hosts: Iterable<string>;
}

interface MachineName {
  readonly namespace: string;
  readonly name: string;
}

/** The parts of all machines, found by machine; and the Ingresses by host, because a host has room for one only. */
export interface DependentsIndex {
  apply(change: Delta<LabeledDependent | PodEvent>): AffectedKeys;
  /** Without those of unknown kinds: what is left of them is from before they became so. */
  of(machine: Machine, unknown: readonly DependentKind[]): Dependents;
}

export function createDependentsIndex(): DependentsIndex {
  const parts = new NamespacedMap<readonly LabeledDependent[]>();
  const machineOfPod = new Map<string, MachineName>();
  const eventsByPod = new Index<PodEvent>(({ podUid }) => [podUid]);
  const ingressesByHost = new Index<Ingress>(({ hosts }) => hosts);

  /** In the order of their names, whatever the order in which they came. */
  const partsOf = ({ namespace, name }: MachineName): readonly LabeledDependent[] =>
    parts.get(namespace, name) ?? [];

  function put(part: LabeledDependent, before: LabeledDependent | undefined): void {
    const machine = ownerOf(part);
    const others = partsOf(machine).filter((other) => other !== before);
    parts.set(machine.namespace, machine.name, others.concat([part]).sort(byName));
  }

  function take(part: LabeledDependent): void {
    const machine = ownerOf(part);
    const rest = partsOf(machine).filter((other) => other !== part);
    if (rest.length > 0) parts.set(machine.namespace, machine.name, rest);
    else parts.delete(machine.namespace, machine.name);
  }

  function applyPart({ type, item, before }: Delta<LabeledDependent>): readonly MachineName[] {
    const moved = before !== undefined && before.machine !== item.machine;
    if (before && (moved || type === 'deleted')) take(before);
    if (type !== 'deleted') put(item, before);
    if (item.kind === 'Pod') {
      if (type === 'deleted') machineOfPod.delete(item.uid);
      else machineOfPod.set(item.uid, ownerOf(item));
    }
    return moved ? [ownerOf(before), ownerOf(item)] : [ownerOf(item)];
  }

  return {
    apply(change) {
      const { item } = change;
      if (item.kind === 'Event') {
        const pods = [...eventsByPod.apply(change as Delta<PodEvent>)];
        return { machines: pods.flatMap((uid) => machineOfPod.get(uid) ?? []), hosts: [] };
      }
      const hosts = item.kind === 'Ingress' ? ingressesByHost.apply(change as Delta<Ingress>) : [];
      return { machines: applyPart(change as Delta<LabeledDependent>), hosts };
    },

    of(machine, unknown) {
      const all = partsOf(machine).filter(({ kind }) => !unknown.includes(kind));
      const pods = all.filter((part) => part.kind === 'Pod');
      const ingressesKnown = !unknown.includes('Ingress');
      return {
        deployments: all.filter((part) => part.kind === 'Deployment'),
        pods,
        pvcs: all.filter((part) => part.kind === 'PersistentVolumeClaim'),
        ingresses: all.filter((part) => part.kind === 'Ingress'),
        endpointSlices: all.filter((part) => part.kind === 'EndpointSlice'),
        events: unknown.includes('Event') ? [] : pods.flatMap(({ uid }) => eventsByPod.get(uid)),
        ingressesWithHost: ingressesKnown ? ingressesByHost.get(machine.spec.ingressDomain ?? '') : [],
        unknown,
      };
    },
  };
}

const ownerOf = ({ namespace, machine }: LabeledDependent): MachineName => ({ namespace, name: machine });

const byName = (one: MachineName, other: MachineName): number => (one.name < other.name ? -1 : 1);
