import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { UNMONITORED } from '../../../src/kube/cache/health.ts';
import type { KubeClient, KubeResponse } from '../../../src/kube/client/transport.ts';
import { Interner } from '../../../src/kube/resources/intern.ts';
import { startDependentsCache } from '../../../src/kube/status/dependents-cache.ts';
import { until } from '../../support/until.ts';
import { failure, list, refused } from '../support/responses.ts';
import { TestClock } from '../support/timers.ts';

const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/a/ingresses';
const log = { info: () => undefined, warn: () => undefined };

/** An empty cluster that refuses the paths in `refusals`. */
function emptyCluster() {
  const refusals = new Map<string, KubeResponse>();
  const watches = new Map<string, Readable>();
  const queries: Record<string, string>[] = [];
  const client: KubeClient = {
    async request({ path, query = {} }) {
      queries.push({ path, ...query });
      return refusals.get(path) ?? list(1);
    },
    async stream({ path, query = {}, signal }) {
      queries.push({ path, ...query });
      const refusal = refusals.get(path);
      if (refusal) return refused(refusal);
      const body = new Readable({ read() {}, signal });
      watches.set(path, body);
      return { status: 200, headers: {}, body };
    },
  };
  return { client, refusals, watches, queries };
}

test('a kind that may not be listed is unknown until it may be, without affecting other kinds', {
  timeout: 20_000,
}, async (t) => {
  const { client, refusals, watches, queries } = emptyCluster();
  const stop = new AbortController();
  t.after(() => stop.abort());
  const changedNamespaces: (string | undefined)[] = [];
  refusals.set(INGRESSES, failure(403));
  const dependents = startDependentsCache(
    {
      client,
      scopes: ['a', 'b'],
      interner: new Interner(),
      clock: new TestClock(),
      log,
      health: UNMONITORED,
      reached: () => false,
      onDelta: () => undefined,
      onVisibilityChange: (namespace) => changedNamespaces.push(namespace),
      onAttempt: () => undefined,
    },
    stop.signal,
  );
  assert.equal(dependents.attempted(), false);
  await until('the first attempt', () => dependents.attempted());
  assert.deepEqual([dependents.unknown('a'), dependents.unknown('b')], [['Ingress'], []]);

  refusals.clear();
  await until('Ingresses to be visible', () => dependents.unknown('a').length === 0);

  // The watch ends after the permission was revoked.
  await until('a watch of Ingresses', () => watches.has(INGRESSES));
  refusals.set(INGRESSES, failure(403));
  watches.get(INGRESSES)?.push(null);
  await until('Ingresses to be unknown', () => dependents.unknown('a').includes('Ingress'));

  // An unreachable cluster changes nothing: Ingresses stay unknown.
  refusals.set(INGRESSES, failure(500));
  await until('more attempts', () => queries.filter(({ path }) => path === INGRESSES).length > 4);
  assert.deepEqual(dependents.unknown('a'), ['Ingress']);
  refusals.clear();
  await until('Ingresses to be visible', () => dependents.unknown('a').length === 0);
  assert.ok(changedNamespaces.every((namespace) => namespace === 'a' || namespace === 'b'));

  const selectorsOf = (plural: string) => queries.filter(({ path = '' }) => path.endsWith(`/${plural}`));
  for (const query of selectorsOf('events'))
    assert.match(query['fieldSelector'] ?? '', /^involvedObject\.kind=(Pod|DevMachine),reason=/);
  const unlabeled = new Set([...selectorsOf('events'), ...selectorsOf('resourcequotas')]);
  for (const query of queries)
    if (!unlabeled.has(query)) assert.equal(query['labelSelector'], 'ide.example.com/devmachine');
  stop.abort();
  await dependents.stopped;
});
