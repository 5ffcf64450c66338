/** How long the work of one turn may take, in ms, before the rest waits for another turn. */
const WORK_MS = 5;

/** How many steps one turn may have, however short they are. */
export const MAX_STEPS = 200;

/** What waits for a turn of its own. */
const waiting: (() => void)[] = [];

/**
 * Resolves in a turn of the event loop that no other caller has: several lists arrive at the same time, and together they would
 * hold up the event loop for as long as all of them take.
 */
export function nextTurn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (waiting.push(resolve) === 1) setImmediate(beginNext);
  return promise;
}

function beginNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(beginNext);
}

/**
 * Runs all steps, each of which is short, over as many turns of the event loop as they need. Between the turns, requests are
 * answered and watches are read.
 */
export async function spreadOverTurns(steps: Iterable<unknown>): Promise<void> {
  await nextTurn();
  let startedAt = performance.now();
  let count = 0;
  for (const _ of steps) {
    if (++count < MAX_STEPS && performance.now() - startedAt < WORK_MS) continue;
    await nextTurn();
    startedAt = performance.now();
    count = 0;
  }
}
