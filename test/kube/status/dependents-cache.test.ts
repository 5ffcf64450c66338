import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { UNMONITORED } from '../../../src/kube/cache/health.ts';
import type { KubeClient, KubeResponse } from '../../../src/kube/client/transport.ts';
import { Interner } from '../../../src/kube/resources/intern.ts';
import { startDependentsCache } from '../../../src/kube/status/dependents-cache.ts';
import { createDependentsIndex } from '../../../src/kube/status/dependents-index.ts';
import { until } from '../../support/until.ts';
import { failure, list, refused } from '../support/responses.ts';
import { TestClock } from '../support/timers.ts';

const CERTIFICATES = '/apis/cert-manager.io/v1/namespaces/a/certificates';
const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/a/ingresses';
const log = { info: () => undefined, warn: () => undefined };

const NO_HOOKS = {
  clock: new TestClock(),
  log,
  health: UNMONITORED,
  reached: () => false,
  index: createDependentsIndex(),
  onDelta: () => undefined,
  onVisibilityChange: () => undefined,
  onAttempt: () => undefined,
};

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
      ...NO_HOOKS,
      client,
      scopes: ['a', 'b'],
      interner: new Interner(),
      onVisibilityChange: (namespace) => changedNamespaces.push(namespace),
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
  // IngressClasses belong to no namespace.
  assert.deepEqual([...new Set(changedNamespaces)].sort(), ['a', 'b', undefined]);

  const selectorsOf = (plural: string) => queries.filter(({ path = '' }) => path.endsWith(`/${plural}`));
  for (const query of selectorsOf('events'))
    assert.match(query['fieldSelector'] ?? '', /^involvedObject\.kind=(Pod|DevMachine),reason=/);
  const unlabeled = new Set(['events', 'resourcequotas', 'ingresses', 'ingressclasses'].flatMap(selectorsOf));
  for (const query of queries)
    if (!unlabeled.has(query)) assert.equal(query['labelSelector'], 'ide.example.com/devmachine');
  stop.abort();
  await dependents.stopped;
});

test('a kind that the cluster does not serve is neither unknown nor missing', {
  timeout: 20_000,
}, async (t) => {
  const { client, refusals, watches } = emptyCluster();
  const stop = new AbortController();
  t.after(() => stop.abort());
  refusals.set(CERTIFICATES, failure(404));
  const options = { ...NO_HOOKS, client, scopes: ['a', 'b'], interner: new Interner() };
  const dependents = startDependentsCache(options, stop.signal);
  await until('the first attempt', () => dependents.attempted());
  assert.deepEqual([dependents.unknown('a'), dependents.notServed('a')], [[], ['Certificate']]);
  assert.deepEqual(dependents.notServed('b'), []);

  refusals.clear();
  await until('Certificates to be served', () => dependents.notServed('a').length === 0);

  // The CRD is removed, and its watch ends.
  await until('a watch of Certificates', () => watches.has(CERTIFICATES));
  refusals.set(CERTIFICATES, failure(404));
  watches.get(CERTIFICATES)?.push(null);
  await until('Certificates not to be served', () => dependents.notServed('a').length > 0);
  assert.deepEqual(dependents.unknown('a'), []);
  stop.abort();
  await dependents.stopped;
});
