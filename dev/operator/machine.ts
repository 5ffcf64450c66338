import { isDeepStrictEqual } from 'node:util';
import { type Api, pathIn, type Resource } from './api.ts';
import { type Status, toStatus } from './status.ts';

/** The custom resource that a release belongs to. */
export interface Machine {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Partial<Status>;
}

/** While it is there, the machine waits for its release to be uninstalled. */
export const FINALIZER = 'helm.sdk.operatorframework.io/uninstall-release';

export interface Machines {
  get(namespace: string, name: string): Promise<Machine | undefined>;
  /** Puts `status` in the place of the whole status, if it is another one. */
  writeStatus(machine: Machine, status: Status): Promise<void>;
  setFinalizer(machine: Machine, present: boolean): Promise<void>;
}

export function openMachines(api: Api, resource: Resource): Machines {
  const pathOf = ({ metadata }: Machine) => pathIn(resource, metadata.namespace, metadata.name);
  const get: Machines['get'] = async (namespace, name) =>
    (await api.get(pathIn(resource, namespace, name))) as Machine | undefined;

  /** Again with the machine as it is by then, as long as somebody else is quicker; a machine that is gone needs nothing. */
  async function update(
    first: Machine,
    suffix: string,
    change: (machine: Machine) => Machine,
  ): Promise<void> {
    const { namespace, name, uid } = first.metadata;
    let machine: Machine | undefined = first;
    while (machine?.metadata.uid === uid) {
      const changed = change(machine);
      if (isDeepStrictEqual(changed, machine)) return;
      if (await api.put(`${pathOf(machine)}${suffix}`, changed)) return;
      machine = await get(namespace, name);
    }
  }

  return {
    get,
    writeStatus: (first, status) => update(first, '/status', (machine) => ({ ...machine, status })),
    setFinalizer: (first, present) =>
      update(first, '', (machine) => {
        const { finalizers = [] } = machine.metadata;
        if (finalizers.includes(FINALIZER) === present) return machine;
        const others = finalizers.filter((finalizer) => finalizer !== FINALIZER);
        return {
          ...machine,
          metadata: { ...machine.metadata, finalizers: present ? [...others, FINALIZER] : others },
        };
      }),
  };
}

export const statusOf = ({ status }: Machine): Status => toStatus(status);
