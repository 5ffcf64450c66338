import type { PodEvent } from '../../devmachine/status/dependents.ts';

/** Enough for the moments between an event of a new pod and the pod itself: they come from two watches. */
const MAX_EVENTS = 1_000;

/**
 * The newest events of pods that are not known. Most of them belong to pods of others, of which a cluster may have many
 * thousands, so only a few are remembered. The others may belong to a pod of a machine that is about to be reported.
 */
export class ForeignEvents {
  /** By uid, the oldest first. */
  readonly #events = new Map<string, PodEvent>();

  get size(): number {
    return this.#events.size;
  }

  add(event: PodEvent): void {
    this.#events.delete(event.uid);
    this.#events.set(event.uid, event);
    const [oldest] = this.#events.keys();
    if (oldest !== undefined && this.#events.size > MAX_EVENTS) this.#events.delete(oldest);
  }

  delete(uid: string): void {
    this.#events.delete(uid);
  }

  /** Removes all events but these. */
  retain(uids: ReadonlySet<string>): void {
    for (const uid of this.#events.keys()) if (!uids.has(uid)) this.#events.delete(uid);
  }

  /** Removes and returns the events of a pod. */
  take(podUid: string): PodEvent[] {
    const taken = [...this.#events.values()].filter((event) => event.podUid === podUid);
    for (const { uid } of taken) this.#events.delete(uid);
    return taken;
  }
}
