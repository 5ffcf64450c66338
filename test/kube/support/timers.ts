import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../src/kube/client/clock.ts';

/** A clock whose time advances only when the code under test sleeps, or when the test sets it. */
export class TestClock implements Clock {
  time = 0;
  /** The next result of `random`. */
  fraction = 0.5;
  readonly waits: number[] = [];

  now(): number {
    return this.time;
  }

  async sleep(ms: number, _signal: AbortSignal): Promise<void> {
    this.waits.push(ms);
    this.time += ms;
    await setImmediate();
  }

  random(): number {
    return this.fraction;
  }
}

/** How many timers this process has pending. */
export const pendingTimers = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
