import type { TestContext } from 'node:test';
import { runReflector } from '../../../src/kube/cache/reflector.ts';
import type { Store, Stored } from '../../../src/kube/cache/store.ts';
import type { Clock } from '../../../src/kube/client/clock.ts';
import { newStore, type Scripted, type Step, scripted, TestClock, transform } from './scripted.ts';

export interface Reflecting {
  readonly store: Store<Stored>;
  readonly client: Scripted;
  /** What has been asked of the cluster, such as "list" and "watch 7". */
  asked(): string[];
  /** Resolves when the first failure has been logged. */
  readonly failed: Promise<void>;
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

interface Options {
  readonly clock?: Clock;
  readonly silenceMs?: number;
  readonly transform?: (object: unknown) => Stored;
}

/** Reflects a scripted cluster until the end of the test. */
export function reflecting(t: TestContext, steps: Step[], options: Options = {}): Reflecting {
  const client = scripted(...steps);
  const store = newStore();
  const controller = new AbortController();
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const log = { info: () => undefined, warn: () => resolve() };
  const running = runReflector(
    { client, path: '/path', transform, store, clock: new TestClock(), log, ...options },
    controller.signal,
  );
  const stop = () => {
    controller.abort();
    return running;
  };
  t.after(stop);
  const asked = () =>
    client.requests.map(({ query = {} }) => (query['watch'] ? `watch ${query['resourceVersion']}` : 'list'));
  return { store, client, asked, failed, stop };
}
