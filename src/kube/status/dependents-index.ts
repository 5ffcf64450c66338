import type { Machine } from '../../devmachine/machine.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type {
  DependentKind,
  Dependents,
  Ingress,
  LabeledDependent,
  PodEvent,
  RefusalEvent,
  ResourceQuota,
  WatchedDependent,
} from '../../devmachine/status/dependents.ts';
import { Index } from '../cache/index.ts';
import { NamespacedMap } from '../cache/namespaced-map.ts';
import type { Delta } from '../cache/store.ts';

/** Whose status a delta of a dependent can change. */
export interface AffectedKeys {
  readonly machines?: readonly MachineKey[];
  /** All machines with these hosts. */
  readonly hosts?: Iterable<string>;
  /** All failed machines of this namespace. A quota changes with every pod, and no other status depends on it. */
  readonly failedIn?: string;
}

/** Finds the dependents of a machine. Ingresses are found by host too, because only one Ingress gets a host. */
export interface DependentsIndex {
  apply(delta: Delta<WatchedDependent>): AffectedKeys;
  /** Leaves out kinds that are unknown: what the index holds of them is out of date. */
  of(machine: Machine, unknown: readonly DependentKind[]): Dependents;
}

export function createDependentsIndex(): DependentsIndex {
  /** Sorted by name, so that a status does not depend on the order of events. */
  const dependents = new NamespacedMap<readonly LabeledDependent[]>();
  const machineByPod = new Map<string, MachineKey>();
  const eventsByPod = new Index<PodEvent>(({ podUid }) => [podUid]);
  const refusalsByMachine = new Index<RefusalEvent>(({ machineUid }) => [machineUid]);
  const quotas = new Index<ResourceQuota>(({ namespace }) => [namespace]);
  const ingressesByHost = new Index<Ingress>(({ hosts }) => hosts);

  const find = ({ namespace, name }: MachineKey): readonly LabeledDependent[] =>
    dependents.get(namespace, name) ?? [];

  function replace(key: MachineKey, previous: LabeledDependent | undefined, item?: LabeledDependent): void {
    const others = find(key).filter((other) => other !== previous);
    const items = item ? others.concat([item]).sort(compareNames) : others;
    if (items.length > 0) dependents.set(key.namespace, key.name, items);
    else dependents.delete(key.namespace, key.name);
  }

  function applyLabeled({ type, item, previous }: Delta<LabeledDependent>): readonly MachineKey[] {
    const key = machineOf(item);
    const isMoved = previous !== undefined && previous.machine !== item.machine;
    if (isMoved) replace(machineOf(previous), previous);
    replace(key, previous, type === 'deleted' ? undefined : item);
    if (item.kind === 'Pod') {
      if (type === 'deleted') machineByPod.delete(item.uid);
      else machineByPod.set(item.uid, key);
    }
    return isMoved ? [machineOf(previous), key] : [key];
  }

  function applyEvent(delta: Delta<PodEvent | RefusalEvent>): AffectedKeys {
    if ('machineUid' in delta.item) {
      refusalsByMachine.apply(delta as Delta<RefusalEvent>);
      return { machines: [machineOf(delta.item)] };
    }
    const podUids = [...eventsByPod.apply(delta as Delta<PodEvent>)];
    return { machines: podUids.flatMap((uid) => machineByPod.get(uid) ?? []) };
  }

  return {
    apply(delta) {
      const { kind } = delta.item;
      if (kind === 'Event') return applyEvent(delta as Delta<PodEvent | RefusalEvent>);
      if (kind === 'ResourceQuota') {
        quotas.apply(delta as Delta<ResourceQuota>);
        return { failedIn: delta.item.namespace };
      }
      const hosts = kind === 'Ingress' ? ingressesByHost.apply(delta as Delta<Ingress>) : [];
      return { machines: applyLabeled(delta as Delta<LabeledDependent>), hosts };
    },

    of(machine, unknown) {
      const all = find(machine).filter(({ kind }) => !unknown.includes(kind));
      const pods = all.filter((dependent) => dependent.kind === 'Pod');
      const host = unknown.includes('Ingress') ? undefined : machine.spec.ingressDomain;
      return {
        deployments: all.filter((dependent) => dependent.kind === 'Deployment'),
        pods,
        pvcs: all.filter((dependent) => dependent.kind === 'PersistentVolumeClaim'),
        ingresses: all.filter((dependent) => dependent.kind === 'Ingress'),
        endpointSlices: all.filter((dependent) => dependent.kind === 'EndpointSlice'),
        events: unknown.includes('Event') ? [] : pods.flatMap(({ uid }) => eventsByPod.get(uid)),
        // Whoever may write events in another namespace must not be quoted here.
        refusals: unknown.includes('Event')
          ? []
          : refusalsByMachine.get(machine.uid).filter(({ namespace }) => namespace === machine.namespace),
        quotas: unknown.includes('ResourceQuota') ? [] : quotas.get(machine.namespace),
        ingressesWithHost: host === undefined ? [] : ingressesByHost.get(host),
        unknown,
      };
    },
  };
}

const machineOf = ({ namespace, machine }: LabeledDependent | RefusalEvent): MachineKey => ({
  namespace,
  name: machine,
});

const compareNames = (one: LabeledDependent, other: LabeledDependent): number =>
  one.name < other.name ? -1 : 1;
