import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';

/** Counts work per turn of the event loop, until the test ends. */
export function countPerTurn(t: TestContext): { readonly add: () => void; readonly most: () => number } {
  let now = 0;
  let most = 0;
  let hasEnded = false;
  t.after(() => {
    hasEnded = true;
  });
  void (async () => {
    for (; !hasEnded; now = 0) await setImmediate();
  })();
  const add = () => {
    most = Math.max(most, ++now);
  };
  return { add, most: () => most };
}
