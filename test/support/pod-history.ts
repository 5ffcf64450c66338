import { Informer } from '../../src/kube/cache/informer.ts';
import { systemClock } from '../../src/kube/client/clock.ts';
import type { KubeClient } from '../../src/kube/client/transport.ts';
import { MACHINE_LABEL } from '../../src/kube/resources/metadata.ts';
import { until } from './until.ts';

/** What a watch has reported of the pods of all machines. */
export interface PodHistory {
  /** The uids of all pods that a machine ever had, in the order of their creation. */
  uids(namespace: string, machine: string): readonly string[];
  /** A line for each moment at which a machine had more than one pod on a node. */
  readonly overlaps: readonly string[];
  /** Resolves when the watch has ended. */
  readonly stopped: Promise<void>;
}

interface WatchedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly machine: string;
  /** Whether it has a node and has not ended. */
  readonly onNode: boolean;
}

/** Watches until `signal` is aborted. Resolves when the watch has seen the present pods. */
export async function recordPods(client: KubeClient, signal: AbortSignal): Promise<PodHistory> {
  const history = new Map<string, Set<string>>();
  const onNode = new Map<string, Set<string>>();
  const overlaps: string[] = [];
  const health = { answeredAt: 0, unreachable: false, reconnected: NEVER, restored: NEVER };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const path = () => '/api/v1/pods';
  const informer = new Informer<WatchedPod>(
    { path, selectors: { labelSelector: MACHINE_LABEL }, transform: toWatchedPod },
    undefined,
    { client, health, clock: systemClock, log },
  );
  informer.store.subscribe(({ type, item }) => {
    const key = `${item.namespace}/${item.machine}`;
    setIn(history, key).add(item.uid);
    const present = setIn(onNode, key);
    if (item.onNode && type !== 'deleted') present.add(item.uid);
    else present.delete(item.uid);
    if (present.size > 1) overlaps.push(`${key}: ${[...present].join(' and ')}`);
  });
  const stopped = informer.run(signal);
  await until('the watch of pods', () => informer.synced);
  return {
    stopped,
    overlaps,
    uids: (namespace, machine) => [...setIn(history, `${namespace}/${machine}`)],
  };
}

const NEVER = new AbortController().signal;

// biome-ignore lint/suspicious/noExplicitAny: a pod as the API server returns it
function toWatchedPod(pod: any): WatchedPod {
  const { namespace, name, uid, resourceVersion, labels } = pod.metadata;
  const hasEnded = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
  const onNode = pod.spec.nodeName !== undefined && !hasEnded;
  return { namespace, name, uid, resourceVersion, machine: labels[MACHINE_LABEL], onNode };
}

function setIn(map: Map<string, Set<string>>, key: string): Set<string> {
  const known = map.get(key) ?? new Set<string>();
  map.set(key, known);
  return known;
}
