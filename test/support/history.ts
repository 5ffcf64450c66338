import { UNMONITORED } from '../../src/kube/cache/health.ts';
import { Informer } from '../../src/kube/cache/informer.ts';
import { systemClock } from '../../src/kube/client/clock.ts';
import type { KubeClient } from '../../src/kube/client/transport.ts';
import { MACHINE_LABEL } from '../../src/kube/resources/metadata.ts';
import { until } from './until.ts';

/** An object of a machine, as a watch has reported it. */
export interface Version {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The name of its machine. */
  readonly machine: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on the fields that they need
  readonly object: any;
  readonly deleted: boolean;
}

export interface History {
  /** All versions of all objects since the start of the watch, in their order. */
  readonly versions: readonly Version[];
  /** Resolves when the watch has ended. */
  readonly stopped: Promise<void>;
}

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** Watches the objects of machines in all namespaces until `signal` is aborted. Resolves when it has seen the present ones. */
export async function record(client: KubeClient, path: string, signal: AbortSignal): Promise<History> {
  const versions: Version[] = [];
  const informer = new Informer<Omit<Version, 'deleted'>>(
    { path: () => path, selectors: { labelSelector: MACHINE_LABEL }, transform: toVersion },
    undefined,
    { client, health: UNMONITORED, clock: systemClock, log: SILENT },
  );
  informer.store.subscribe(({ type, item }) => versions.push({ ...item, deleted: type === 'deleted' }));
  const stopped = informer.run(signal);
  await until(`the watch of ${path}`, () => informer.synced);
  return { versions, stopped };
}

// biome-ignore lint/suspicious/noExplicitAny: an object as the API server returns it
function toVersion(object: any): Omit<Version, 'deleted'> {
  const { namespace, name, uid, resourceVersion, labels } = object.metadata;
  return { namespace, name, uid, resourceVersion, machine: labels[MACHINE_LABEL], object };
}

/** The uids of the pods that a machine ever had, in the order of their creation. */
export const podUids = ({ versions }: History, namespace: string, machine: string): string[] => {
  const own = versions.filter((version) => version.namespace === namespace && version.machine === machine);
  return [...new Set(own.map(({ uid }) => uid))];
};

/** A line for each moment at which a machine had more than one pod on a node that had not ended. */
export function overlaps({ versions }: History): string[] {
  const lines: string[] = [];
  const onNode = new Map<string, Set<string>>();
  for (const { namespace, machine, uid, deleted, object } of versions) {
    const key = `${namespace}/${machine}`;
    const pods = onNode.get(key) ?? new Set();
    onNode.set(key, pods);
    const hasEnded = deleted || object.status.phase === 'Succeeded' || object.status.phase === 'Failed';
    if (object.spec.nodeName === undefined || hasEnded) pods.delete(uid);
    else pods.add(uid);
    if (pods.size > 1) lines.push(`${key}: ${[...pods].join(' and ')}`);
  }
  return lines;
}
