import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { UNMONITORED } from '../../../src/kube/cache/health.ts';
import type { KubeClient, KubeResponse } from '../../../src/kube/client/transport.ts';
import { Interner } from '../../../src/kube/resources/intern.ts';
import { MACHINE_LABEL } from '../../../src/kube/resources/metadata.ts';
import { startDependentsCache } from '../../../src/kube/status/dependents-cache.ts';
import { createDependentsIndex } from '../../../src/kube/status/dependents-index.ts';
import { until } from '../../support/until.ts';
import { event, list, response } from '../support/responses.ts';
import { TestClock } from '../support/timers.ts';

/** A cluster has many more events of other pods than of machines' pods. */

const metadata = (name: string, resourceVersion: number, labels = {}) => ({
  namespace: 'team',
  name,
  uid: `uid-of-${name}`,
  resourceVersion: String(resourceVersion),
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels,
});

const pod = (name: string, version: number) => ({
  metadata: metadata(name, version, { [MACHINE_LABEL]: name }),
  spec: { containers: [] },
});

const failedMount = (podName: string, index: number, version: number) => ({
  metadata: metadata(`${podName}.${index}`, version),
  involvedObject: { kind: 'Pod', name: podName, uid: `uid-of-${podName}` },
  reason: 'FailedMount',
});

const EVENTS = 'events FailedMount';

/** Answers the list of a collection, such as `pods`. `token` is the continue token of a later page. */
type Lists = (collection: string, token: string | undefined) => KubeResponse | Promise<KubeResponse>;

function start(t: TestContext, lists: Lists) {
  const watches = new Map<string, Readable>();
  const collection = (path: string, query: Readonly<Record<string, string>>) =>
    `${path.split('/').at(-1)} ${/reason=(\w+)/.exec(query['fieldSelector'] ?? '')?.[1] ?? ''}`.trim();
  const client: KubeClient = {
    request: async ({ path, query = {} }) => lists(collection(path, query), query['continue']),
    async stream({ path, query = {}, signal }) {
      const body = new Readable({ read() {}, signal });
      watches.set(collection(path, query), body);
      return { status: 200, headers: {}, body };
    },
  };
  const stop = new AbortController();
  const index = createDependentsIndex();
  const dependents = startDependentsCache(
    {
      client,
      clock: new TestClock(),
      log: { info: () => undefined, warn: () => undefined },
      health: UNMONITORED,
      scopes: [undefined],
      interner: new Interner(),
      reached: () => true,
      index,
      onDelta: (delta) => void index.apply(delta),
      onVisibilityChange: () => undefined,
      onAttempt: () => undefined,
    },
    stop.signal,
  );
  t.after(async () => {
    stop.abort();
    await dependents.stopped;
  });
  const kept = () => dependents.sizes().get('Event');
  const names = (podName: string) => index.eventsOf(`uid-of-${podName}`).map(({ name }) => name);
  const send = (watch: string, ...lines: string[]) =>
    lines.forEach((line) => void watches.get(watch)?.push(line));
  return { watches, kept, names, send };
}

test('events of pods that belong to no machine are not kept', async (t) => {
  const foreign = Array.from({ length: 5_000 }, (_, index) => failedMount(`other-${index}`, 1, 1));
  const lists: Record<string, object[]> = {
    pods: [pod('one', 1)],
    [EVENTS]: [...foreign.slice(1), failedMount('one', 1, 1), ...foreign.slice(0, 1)],
  };
  const { watches, kept, names, send } = start(t, (collection) => list(10, ...(lists[collection] ?? [])));
  await until('the watch of events', () => watches.has(EVENTS));
  assert.equal(kept(), 1);
  assert.deepEqual(names('one'), ['one.1']);

  // An event may arrive before its pod, and after it.
  send(EVENTS, event('ADDED', failedMount('two', 1, 11)), event('ADDED', foreign[0] ?? {}));
  send(EVENTS, event('ADDED', failedMount('two', 2, 12)), event('ADDED', failedMount('one', 2, 13)));
  await until('the second event of the first pod', () => names('one').length === 2);
  assert.equal(kept(), 2);
  send('pods', event('ADDED', pod('two', 14)));
  await until('the events of the second pod', () => names('two').length === 2);
  assert.equal(kept(), 4);
  send(EVENTS, event('MODIFIED', failedMount('two', 2, 15)), event('DELETED', failedMount('one', 2, 16)));
  await until('the end of an event', () => names('one').length === 1);
  assert.deepEqual([kept(), names('two')], [3, ['two.1', 'two.2']]);

  send('pods', event('DELETED', pod('two', 17)));
  await until('the end of the events of the second pod', () => names('two').length === 0);
  assert.equal(kept(), 1);

  // Nor is an event kept whose end came before its pod.
  send(
    EVENTS,
    event('ADDED', failedMount('three', 1, 18)),
    event('DELETED', failedMount('three', 1, 19)),
    event('ADDED', failedMount('three', 2, 20)),
  );
  send(EVENTS, event('ADDED', failedMount('one', 3, 21)));
  await until('the events of the third pod to be read', () => names('one').length === 2);
  send('pods', event('ADDED', pod('three', 22)));
  await until('the event of the third pod', () => names('three').length === 1);
  assert.deepEqual(names('three'), ['three.2']);
});

test('an event whose pod is reported while the events are listed is kept', async (t) => {
  const last = Promise.withResolvers<KubeResponse>();
  const { watches, kept, names, send } = start(t, (collection, token) => {
    if (collection !== EVENTS) return list(10);
    if (token !== undefined) return last.promise;
    const items = [failedMount('one', 1, 1), failedMount('two', 1, 1)];
    return response(200, { metadata: { resourceVersion: '10', continue: 'more' }, items });
  });
  await until('the watch of pods', () => watches.has('pods'));
  send('pods', event('ADDED', pod('one', 11)));
  await until('the event of the first page', () => kept() === 1);
  last.resolve(list(10));
  await until('the watch of events', () => watches.has(EVENTS));
  assert.deepEqual([kept(), names('one')], [1, ['one.1']]);
});
