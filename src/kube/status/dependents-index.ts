import type { Machine } from '../../devmachine/machine.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type {
  DependentKind,
  Dependents,
  Ingress,
  IngressClass,
  LabeledDependent,
  PodEvent,
  RefusalEvent,
  ResourceQuota,
  WatchedDependent,
} from '../../devmachine/status/dependents.ts';
import { Index } from '../cache/index.ts';
import type { Delta } from '../cache/listeners.ts';
import { NamespacedMap } from '../cache/namespaced-map.ts';

/** Whose status a delta of a dependent can change: every machine's, or those of some. */
export type AffectedKeys = 'all' | AffectedMachines;

export interface AffectedMachines {
  readonly machines?: readonly MachineKey[];
  /** All machines with these hosts. */
  readonly hosts?: Iterable<string>;
  /** All failed machines of this namespace. A quota changes with every pod, and no other status depends on it. */
  readonly failedIn?: string;
}

/** The kinds of which the index holds nothing, or nothing up to date. */
export interface HiddenKinds {
  readonly unknown: readonly DependentKind[];
  readonly notServed: readonly DependentKind[];
}

/** Finds the dependents of a machine. Ingresses are found by host too, because only one Ingress gets a host. */
export interface DependentsIndex {
  apply(delta: Delta<WatchedDependent>): AffectedKeys;
  /** Whether a machine has this pod. */
  hasPod(uid: string): boolean;
  eventsOf(podUid: string): readonly PodEvent[];
  /** Leaves out the hidden kinds. */
  of(machine: Machine, hidden: HiddenKinds): Dependents;
}

export function createDependentsIndex(): DependentsIndex {
  /** Sorted by name, so that a status does not depend on the order of events. */
  const dependents = new NamespacedMap<readonly LabeledDependent[]>();
  const machineByPod = new Map<string, MachineKey>();
  const eventsByPod = new Index<PodEvent>(({ podUid }) => [podUid]);
  const refusalsByMachine = new Index<RefusalEvent>(({ machineUid }) => [machineUid]);
  const quotas = new Index<ResourceQuota>(({ namespace }) => [namespace]);
  const ingressesByHost = new Index<Ingress>(({ hosts }) => hosts);
  /** There are few of them, and each concerns all machines. */
  const ingressClasses = new Index<IngressClass>(() => ['']);

  const find = ({ namespace, name }: MachineKey): readonly LabeledDependent[] =>
    dependents.get(namespace, name) ?? [];

  function replace(key: MachineKey, previous: LabeledDependent | undefined, item?: LabeledDependent): void {
    // An Ingress that belongs to no machine.
    if (key.name === '') return;
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

  function applyQuota(delta: Delta<ResourceQuota>): AffectedKeys {
    quotas.apply(delta);
    return { failedIn: delta.item.namespace };
  }

  function applyIngressClass(delta: Delta<IngressClass>): AffectedKeys {
    ingressClasses.apply(delta);
    const { type, item, previous } = delta;
    return type === 'modified' && item.isDefault === previous?.isDefault ? {} : 'all';
  }

  /** Affects the machines with its hosts: by their spec, which the index does not know, or by their Ingress. */
  function applyIngress(delta: Delta<Ingress>): AffectedKeys {
    const hosts = ingressesByHost.apply(delta);
    const sharing = [...hosts].flatMap((host) => ingressesByHost.get(host).map(machineOf));
    return { machines: [...applyLabeled(delta), ...sharing], hosts };
  }

  /** Every Ingress with one of these hosts, once. */
  const ingressesWith = (hosts: readonly string[]): Ingress[] => [
    ...new Set([...new Set(hosts)].flatMap((host) => ingressesByHost.get(host))),
  ];

  return {
    apply(delta) {
      const { kind } = delta.item;
      if (kind === 'Event') return applyEvent(delta as Delta<PodEvent | RefusalEvent>);
      if (kind === 'ResourceQuota') return applyQuota(delta as Delta<ResourceQuota>);
      if (kind === 'IngressClass') return applyIngressClass(delta as Delta<IngressClass>);
      if (kind === 'Ingress') return applyIngress(delta as Delta<Ingress>);
      return { machines: applyLabeled(delta as Delta<LabeledDependent>) };
    },

    hasPod: (uid) => machineByPod.has(uid),
    eventsOf: (podUid) => eventsByPod.get(podUid),

    of(machine, { unknown, notServed }) {
      const isHidden = (kind: DependentKind) => unknown.includes(kind) || notServed.includes(kind);
      const all = find(machine).filter(({ kind }) => !isHidden(kind));
      const pods = all.filter((dependent) => dependent.kind === 'Pod');
      const ingresses = all.filter((dependent) => dependent.kind === 'Ingress');
      const { ingressDomain = [] } = machine.spec;
      const hosts = ingresses.flatMap((ingress) => ingress.hosts).concat(ingressDomain);
      return {
        deployments: all.filter((dependent) => dependent.kind === 'Deployment'),
        pods,
        pvcs: all.filter((dependent) => dependent.kind === 'PersistentVolumeClaim'),
        ingresses,
        certificates: all.filter((dependent) => dependent.kind === 'Certificate'),
        endpointSlices: all.filter((dependent) => dependent.kind === 'EndpointSlice'),
        events: isHidden('Event') ? [] : pods.flatMap(({ uid }) => eventsByPod.get(uid)),
        // Whoever may write events in another namespace must not be quoted here.
        refusals: isHidden('Event')
          ? []
          : refusalsByMachine.get(machine.uid).filter(({ namespace }) => namespace === machine.namespace),
        quotas: isHidden('ResourceQuota') ? [] : quotas.get(machine.namespace),
        ingressesWithHost: isHidden('Ingress') ? [] : ingressesWith(hosts),
        ingressClasses: isHidden('IngressClass') ? [] : ingressClasses.get(''),
        unknown,
        notServed,
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
