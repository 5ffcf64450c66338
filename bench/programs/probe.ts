import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Preloaded into the backend: answers the parent process, which asks for its memory or for its longest turn. */
const RESOLUTION_MS = 1;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();

process.on('message', async (what) => {
  process.send?.(what === 'memory' ? await heldBytes() : longestTurn());
});
process.channel?.unref();

/** After a full garbage collection. */
async function heldBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await sleep(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** By how much the event loop was late at most since the last question, in ms: garbage collections included. */
function longestTurn(): number {
  const ms = delays.max / 1e6 - RESOLUTION_MS;
  delays.reset();
  return Math.max(0, ms);
}
