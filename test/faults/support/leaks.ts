import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The active resources of this process, such as timers, sockets and servers: their number by kind. */
export type Resources = ReadonlyMap<string, number>;

export function resources(): Resources {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Resources that were not there before. Those that are still being closed have `graceMs` to end. */
export async function leaked(before: Resources, graceMs = 2_000): Promise<string[]> {
  const deadline = performance.now() + graceMs;
  for (;;) {
    const surplus = [...resources()].filter(([kind, count]) => count > (before.get(kind) ?? 0));
    if (surplus.length === 0) return [];
    if (performance.now() > deadline) {
      return surplus.map(([kind, count]) => `${kind}: ${count}, before: ${before.get(kind) ?? 0}`);
    }
    await sleep(20);
  }
}

export const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

/** In bytes, after garbage collection. */
export async function heapUsed(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  for (let round = 0; round < 3; round++) {
    gc();
    await sleep(20);
  }
  return process.memoryUsage().heapUsed;
}
