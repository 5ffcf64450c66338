import type { Pod, PodEvent } from '../dependents.ts';

/** When the scheduler assigned the pod to a node (RFC 3339). */
export const scheduledAt = (pod: Pod): string => pod.scheduled?.since ?? pod.createdAt;

/** The pod's events since it was assigned to its node. Older ones describe a state that is over. */
export const eventsSinceScheduled = (pod: Pod, events: readonly PodEvent[]): PodEvent[] =>
  events.filter(
    ({ podUid, lastSeen }) => podUid === pod.uid && Date.parse(lastSeen) >= Date.parse(scheduledAt(pod)),
  );
