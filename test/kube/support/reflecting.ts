import type { TestContext } from 'node:test';
import { reflect } from '../../../src/kube/cache/reflector.ts';
import type { Store, Stored } from '../../../src/kube/cache/store.ts';
import type { Clock } from '../../../src/kube/client/backoff.ts';
import { newStore, type Scripted, type Step, scripted, TestClock, transform } from './scripted.ts';

export interface Reflecting {
  readonly store: Store<Stored>;
  readonly connection: Scripted;
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
  const connection = scripted(...steps);
  const store = newStore();
  const controller = new AbortController();
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const log = { info: () => undefined, warn: () => resolve() };
  const running = reflect(
    { connection, path: '/path', transform, store, clock: new TestClock(), log, ...options },
    controller.signal,
  );
  const stop = () => {
    controller.abort();
    return running;
  };
  t.after(stop);
  const asked = () =>
    connection.requests.map(({ query = {} }) =>
      query['watch'] ? `watch ${query['resourceVersion']}` : 'list',
    );
  return { store, connection, asked, failed, stop };
}
