import type { TestContext } from 'node:test';
import type { Log } from '../../../src/kube/cache/log.ts';
import { runReflector } from '../../../src/kube/cache/reflector.ts';
import type { Store, Stored } from '../../../src/kube/cache/store.ts';
import type { Clock } from '../../../src/kube/client/clock.ts';
import { newStore, transform } from './items.ts';
import { type ScriptedClient, type Step, scriptedClient } from './scripted-client.ts';
import { TestClock } from './timers.ts';

export interface TestReflector {
  readonly store: Store<Stored>;
  readonly client: ScriptedClient;
  /** The requests so far, such as "list" and "watch 7". */
  requests(): string[];
  /** Resolves when the first failure is logged. */
  readonly failed: Promise<void>;
  /** Aborts the reflector; resolves when it has ended. */
  stop(): Promise<void>;
}

interface Options {
  readonly clock?: Clock;
  readonly silenceMs?: number;
  readonly log?: Log;
  readonly transform?: (object: unknown) => Stored;
}

/** Runs a reflector on a scripted client until the end of the test. */
export function startReflector(t: TestContext, steps: Step[], options: Options = {}): TestReflector {
  const client = scriptedClient(...steps);
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
  const requests = () =>
    client.requests.map(({ query = {} }) => (query['watch'] ? `watch ${query['resourceVersion']}` : 'list'));
  return { store, client, requests, failed, stop };
}
