import { setTimeout as sleep } from 'node:timers/promises';

/** Preloaded into the backend: reports its memory to the parent process on request. */
process.on('message', async () => {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await sleep(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
process.channel?.unref();
