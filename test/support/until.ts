import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

type Awaitable<T> = Promise<T> | T;

/**
 * Polls `find` until it returns a value other than undefined and false, and returns that value. `what` completes the message
 * of the error that is thrown after `timeoutMs`: "timed out after 30000 ms waiting for …".
 */
export async function waitFor<T>(
  what: string,
  find: () => Awaitable<T | undefined | false>,
  { timeoutMs = 30_000, intervalMs = 10 }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`timed out after ${timeoutMs} ms waiting for ${what}`);
    await sleep(intervalMs);
  }
}

/** Polls `condition` until it is true. */
export async function until(
  what: string,
  condition: () => Awaitable<boolean>,
  options?: WaitOptions,
): Promise<void> {
  await waitFor(what, condition, options);
}
