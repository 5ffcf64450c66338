import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 10;

export interface UntilOptions {
  readonly timeoutMs?: number;
}

/**
 * Polls `isSo` until it is true. `what` completes the sentence "timed out after 30000 ms waiting for …" of the error that is
 * thrown after `timeoutMs`.
 */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { timeoutMs = 30_000 }: UntilOptions = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`timed out after ${timeoutMs} ms waiting for ${what}`);
    await sleep(INTERVAL_MS);
  }
}
