import { setTimeout as sleep } from 'node:timers/promises';

/** Loaded in front of the backend: says what it holds, when asked over the channel that its parent has opened. */
process.on('message', async () => {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await sleep(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
process.channel?.unref();
