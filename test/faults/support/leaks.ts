import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What keeps this process alive, by kind: timers, sockets, servers. */
export type Resources = ReadonlyMap<string, number>;

export function resources(): Resources {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** What there is more of than before; what is being closed has a moment for it. */
export async function leaked(before: Resources, graceMs = 2_000): Promise<string[]> {
  const deadline = performance.now() + graceMs;
  for (;;) {
    const more = [...resources()].filter(([kind, count]) => count > (before.get(kind) ?? 0));
    if (more.length === 0) return [];
    if (performance.now() > deadline) {
      return more.map(([kind, count]) => `${kind}: ${count} instead of ${before.get(kind) ?? 0}`);
    }
    await sleep(20);
  }
}

export const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

/** In bytes, after everything that nobody holds is gone. */
export async function heapUsed(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  for (let round = 0; round < 3; round++) {
    gc();
    await sleep(20);
  }
  return process.memoryUsage().heapUsed;
}
