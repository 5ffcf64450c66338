import { isDeepStrictEqual } from 'node:util';
import type { Machine } from '../../../src/devmachine/machine.ts';
import type { DependentKind } from '../../../src/devmachine/status/dependents.ts';
import { MachineDocument } from '../../../src/devmachine/status/status-document.ts';
import { listAll } from '../../../src/kube/cache/list-pager.ts';
import type { Stored } from '../../../src/kube/cache/store.ts';
import type { ClusterClient } from '../../../src/kube/client/client.ts';
import { type MachineObject, machinesPath, toMachine } from '../../../src/kube/resources/devmachine.ts';
import { Interner } from '../../../src/kube/resources/intern.ts';
import { WATCHED_RESOURCES } from '../../../src/kube/resources/watched.ts';
import { createDependentsIndex } from '../../../src/kube/status/dependents-index.ts';
import type { AnyPart, Stack } from './stack.ts';

/** What the cluster itself says, asked past every cache of ours. */
export interface Truth {
  readonly machines: readonly Machine[];
  readonly parts: readonly (readonly [DependentKind, readonly AnyPart[]])[];
}

export async function askCluster(cluster: ClusterClient, namespaces: readonly string[]): Promise<Truth> {
  const scopes = namespaces.length > 0 ? namespaces : [undefined];
  const signal = AbortSignal.timeout(20_000);
  const interner = new Interner();
  const all = async <T>(
    path: (scope: string | undefined) => string,
    transform: (object: unknown) => T,
    selectors = {},
  ) =>
    (
      await Promise.all(
        scopes.map((scope) => listAll({ client: cluster, path: path(scope), transform, signal, selectors })),
      )
    ).flatMap(({ items }) => items);
  const [machines, parts] = await Promise.all([
    all(machinesPath, (object) => toMachine(object as MachineObject, interner)),
    Promise.all(
      WATCHED_RESOURCES.map(
        async ({ kind, path, transform, selectors }) =>
          [kind, await all(path, (object) => transform(object, interner), selectors)] as const,
      ),
    ),
  ]);
  return { machines, parts };
}

/** Where the backend, and whoever listens to it, knows something else than the cluster; empty if nowhere. */
export function differences(stack: Stack, truth: Truth): string[] {
  const { shadows, cache } = stack;
  const scopes = stack.namespaces.length > 0 ? stack.namespaces : [''];
  const stored = scopes.flatMap((scope) => [...(cache.store(scope)?.values() ?? [])]);
  const found = [
    ...compare('cache', truth.machines, stored),
    ...compare('subscriber', truth.machines, shadows.machines.items.values()),
  ];
  for (const [kind, shadow] of shadows.parts) {
    const listed = truth.parts.filter(([other]) => other === kind).flatMap(([, items]) => items);
    found.push(...compare(kind, listed, shadow.items.values()));
  }
  return [...found, ...compareStatuses(stack, truth)];
}

function compare(what: string, truth: Iterable<Stored>, known: Iterable<Stored>): string[] {
  const byKey = (items: Iterable<Stored>) =>
    new Map([...items].map((item) => [`${item.namespace}/${item.name}`, item]));
  const [there, here] = [byKey(truth), byKey(known)];
  return [...new Set([...there.keys(), ...here.keys()])]
    .filter((key) => !isDeepStrictEqual(there.get(key), here.get(key)))
    .map(
      (key) => `${what} ${key}: ${version(there.get(key))} in the cluster, here ${version(here.get(key))}`,
    );
}

const version = (item?: Stored): string => (item ? `${item.uid}@${item.resourceVersion}` : 'none');

/** Statuses are made of all stores: made anew from the truth they must come out the same. */
function compareStatuses({ cache, shadows }: Stack, { machines, parts }: Truth): string[] {
  const index = createDependentsIndex();
  for (const [, items] of parts) {
    for (const item of items) index.apply({ type: 'added', item, previous: undefined });
  }
  const expected = new Map(
    machines.map((machine) => [
      `${machine.namespace}/${machine.name}`,
      new MachineDocument(machine, index.of(machine, [])),
    ]),
  );
  const served = new Map(cache.view.list(undefined).map((document) => [keyOf(document), document]));
  return [
    ...[...expected]
      .filter(([key, { version }]) => served.get(key)?.version !== version)
      .map(([key]) => `status ${key}`),
    ...[...expected]
      .filter(([key, { version }]) => shadows.statuses.documents.get(key)?.version !== version)
      .map(([key]) => `told status ${key}`),
    ...(served.size === expected.size ? [] : [`${served.size} statuses instead of ${expected.size}`]),
    ...(shadows.statuses.documents.size === expected.size ? [] : ['told of a wrong number of statuses']),
  ];
}

const keyOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;
