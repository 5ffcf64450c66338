import { isDeepStrictEqual } from 'node:util';
import type { Machine } from '../../../src/devmachine/machine.ts';
import type { DependentKind, WatchedDependent } from '../../../src/devmachine/status/dependents.ts';
import { MachineDocument } from '../../../src/devmachine/status/status-document.ts';
import { listAll } from '../../../src/kube/cache/list-pager.ts';
import type { Stored } from '../../../src/kube/cache/store.ts';
import type { ClusterClient } from '../../../src/kube/client/client.ts';
import { type MachineObject, machinesPath, toMachine } from '../../../src/kube/resources/devmachine.ts';
import { Interner } from '../../../src/kube/resources/intern.ts';
import { WATCHED_RESOURCES } from '../../../src/kube/resources/watched.ts';
import { createDependentsIndex } from '../../../src/kube/status/dependents-index.ts';
import type { Backend } from './backend.ts';

/** The state of the cluster, listed without a cache. */
export interface ExpectedState {
  readonly machines: readonly Machine[];
  readonly dependents: readonly (readonly [DependentKind, readonly WatchedDependent[]])[];
}

export async function readExpectedState(
  cluster: ClusterClient,
  namespaces: readonly string[],
): Promise<ExpectedState> {
  const scopes = namespaces.length > 0 ? namespaces : [undefined];
  const signal = AbortSignal.timeout(20_000);
  const interner = new Interner();
  const list = async <T>(
    path: (scope: string | undefined) => string,
    transform: (object: unknown) => T,
    selectors = {},
  ) => {
    const lists = scopes.map((scope) =>
      // With retries: a restarted API server refuses lists of custom resources for a moment.
      cluster.call(signal, (client, deadline) =>
        listAll({ client, path: path(scope), transform, signal: deadline, selectors }),
      ),
    );
    return (await Promise.all(lists)).flatMap(({ items }) => items);
  };
  const [machines, dependents] = await Promise.all([
    list(machinesPath, (object) => toMachine(object as MachineObject, interner)),
    Promise.all(
      WATCHED_RESOURCES.map(
        async ({ kind, path, transform, selectors }) =>
          [kind, await list(path, (object) => transform(object, interner), selectors)] as const,
      ),
    ),
  ]);
  // Events of other pods are not kept.
  const pods = new Set(
    dependents.flatMap(([kind, items]) => (kind === 'Pod' ? items.map(({ uid }) => uid) : [])),
  );
  const isKept = (item: WatchedDependent) => !('podUid' in item) || pods.has(item.podUid);
  return { machines, dependents: dependents.map(([kind, items]) => [kind, items.filter(isKept)]) };
}

/** How the backend's caches and its subscribers differ from the cluster; empty if they are equal. */
export function differences(backend: Backend, expected: ExpectedState): string[] {
  const { recorders, cache } = backend;
  const scopes = backend.namespaces.length > 0 ? backend.namespaces : [''];
  const cached = scopes.flatMap((scope) => [...(cache.store(scope)?.values() ?? [])]);
  const found = [
    ...compare('cache', expected.machines, cached),
    ...compare('subscriber', expected.machines, recorders.machines.items.values()),
  ];
  for (const [kind, recorder] of recorders.dependents) {
    const listed = expected.dependents.filter(([other]) => other === kind).flatMap(([, items]) => items);
    found.push(...compare(kind, listed, recorder.items.values()));
  }
  return [...found, ...compareStatuses(backend, expected)];
}

function compare(what: string, expected: Iterable<Stored>, actual: Iterable<Stored>): string[] {
  const byKey = (items: Iterable<Stored>) => new Map([...items].map((item) => [keyOf(item), item]));
  const [inCluster, inBackend] = [byKey(expected), byKey(actual)];
  return [...new Set([...inCluster.keys(), ...inBackend.keys()])]
    .filter((key) => !isDeepStrictEqual(inCluster.get(key), inBackend.get(key)))
    .map(
      (key) =>
        `${what} ${key}: ${version(inBackend.get(key))}, in the cluster: ${version(inCluster.get(key))}`,
    );
}

const version = (item?: Stored): string => (item ? `${item.uid}@${item.resourceVersion}` : 'none');

/** Derives the statuses from the cluster's state: the backend must have derived the same. */
function compareStatuses(
  { cache, recorders, statusSettings }: Backend,
  { machines, dependents }: ExpectedState,
): string[] {
  const index = createDependentsIndex();
  for (const [, items] of dependents) {
    for (const item of items) index.apply({ type: 'added', item, previous: undefined });
  }
  const expected = new Map(
    machines.map((machine) => [
      keyOf(machine),
      new MachineDocument(machine, index.of(machine, { unknown: [], notServed: [] }), statusSettings),
    ]),
  );
  const served = new Map(cache.view.list(undefined).map((document) => [keyOf(document), document]));
  const { documents: published } = recorders.statuses;
  const differing = (documents: typeof published, what: string) =>
    [...expected]
      .filter(([key, { version }]) => documents.get(key)?.version !== version)
      .map(([key]) => `${what} ${key}`);
  return [
    ...differing(served, 'served status'),
    ...differing(published, 'published status'),
    ...(served.size === expected.size ? [] : [`${served.size} served statuses, not ${expected.size}`]),
    ...(published.size === expected.size
      ? []
      : [`${published.size} published statuses, not ${expected.size}`]),
  ];
}

const keyOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;
