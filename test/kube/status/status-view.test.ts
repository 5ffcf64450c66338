import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Machine } from '../../../src/devmachine/machine.ts';
import type { MachineDocument, StatusDocument } from '../../../src/devmachine/status/status-document.ts';
import { NamespacedMap } from '../../../src/kube/cache/namespaced-map.ts';
import { Store } from '../../../src/kube/cache/store.ts';
import { spreadOverTurns } from '../../../src/kube/cache/turns.ts';
import { createStatusView } from '../../../src/kube/status/status-view.ts';
import { countPerTurn } from '../../support/turns.ts';
import { until } from '../../support/until.ts';

/** Many machines never block the event loop: what is counted is the work between two turns of it. */

const MACHINES = 10_000;
const MOST_PER_TURN = 500;

const fail = (error: unknown) => {
  throw error;
};

const machineOf = (index: number, resourceVersion = '1'): Machine =>
  ({
    namespace: `team-${index % 7}`,
    name: `machine-${String(index).padStart(5, '0')}`,
    uid: `uid-${index}`,
    resourceVersion,
    spec: {},
  }) as Machine;

const isRenewed = ({ version }: StatusDocument) => version === '1.2';

/** A view whose documents have `revision`, and the most documents that were created in one turn of the event loop. */
function viewOf(t: TestContext, machines: readonly Machine[], phase = 'Running') {
  const store = new Store<Machine>(fail);
  const revision = { current: 1 };
  const turns = countPerTurn(t);
  const toDocument = ({ namespace, name, uid, resourceVersion }: Machine) => {
    turns.add();
    const version = `${resourceVersion}.${revision.current}`;
    return { namespace, name, uid, version, phase } as unknown as MachineDocument;
  };
  const view = createStatusView([store], toDocument, fail);
  store.replace(machines, '1');
  return { store, view, revision, mostPerTurn: turns.most };
}

const all = Array.from({ length: MACHINES }, (_, index) => machineOf(index));

test('all statuses are created and renewed in batches', async (t) => {
  const { view, revision, mostPerTurn } = viewOf(t, all);
  await view.fill();
  assert.equal(view.list(undefined).length, MACHINES);
  assert.ok(mostPerTurn() <= MOST_PER_TURN, `${mostPerTurn()} statuses in one turn`);

  const seen = new Map<string, string>();
  view.subscribe(({ document }) => void seen.set(document.uid, document.version));
  revision.current = 2;
  view.refreshAll(undefined);
  view.refreshAll('team-3');
  view.refresh('all');
  const [last] = view.list('team-6').slice(-1);
  assert.ok(last);
  assert.equal(last.version, '1.1', 'a list has the previous status of a machine that waits for its turn');
  assert.equal(view.get(last.namespace, last.name)?.version, '1.2', 'a single read does not wait');
  await until('all statuses to be renewed', () => seen.size === MACHINES);
  assert.ok(view.list(undefined).every(({ version }) => version === '1.2'));
  assert.ok(mostPerTurn() <= MOST_PER_TURN, `${mostPerTurn()} statuses in one turn`);
});

test('a resync in which all machines differ is taken in batches', async (t) => {
  const { store, view, mostPerTurn } = viewOf(t, all);
  await view.fill();
  const next = all.slice(100).map((_, index) => machineOf(index + 100, '2'));
  await spreadOverTurns(store.replaceInSteps(next, '2'));
  assert.equal(view.size, MACHINES - 100);
  assert.ok(view.list(undefined).every(({ version }) => version === '2.1'));
  assert.ok(mostPerTurn() <= MOST_PER_TURN, `${mostPerTurn()} statuses in one turn`);
});

test('a delta that affects many machines renews them over many turns', async (t) => {
  const { view, revision, mostPerTurn } = viewOf(t, all, 'Failed');
  await view.fill();
  revision.current = 2;
  view.refresh({ failedIn: 'team-3' });
  await until('all statuses of the namespace to be renewed', () => view.list('team-3').every(isRenewed));
  assert.ok(view.list('team-2').every(({ version }) => version === '1.1'));
  assert.ok(mostPerTurn() <= MOST_PER_TURN, `${mostPerTurn()} statuses in one turn`);
});

test('when several kinds are lost at the same time, all machines are visited once, over many turns', async (t) => {
  const { view, revision } = viewOf(t, all, 'Failed');
  await view.fill();
  const turns = countPerTurn(t);
  const { values } = NamespacedMap.prototype;
  let visited = 0;
  t.mock.method(NamespacedMap.prototype, 'values', function* (this: NamespacedMap<unknown>, of?: string) {
    for (const value of values.call(this, of)) {
      turns.add();
      visited++;
      yield value;
    }
  });
  revision.current = 2;
  for (let kind = 0; kind < 8; kind++) view.refreshAll(undefined);
  view.refreshAll('team-3');
  view.refresh({ failedIn: 'team-3' });
  const [machine] = view.list('team-3').slice(-1);
  assert.ok(machine);
  assert.equal(view.get('team-3', machine.name)?.version, '1.2', 'one machine need not wait');
  await until('all statuses to be renewed', () => view.list(undefined).every(isRenewed));
  assert.equal(visited, MACHINES);
  assert.ok(turns.most() <= MOST_PER_TURN, `${turns.most()} machines visited in one turn`);
  // One that comes too late for machines that have had their turn visits all again.
  view.refreshAll(undefined);
  await until('the first machines to be renewed', () => visited > MACHINES);
  revision.current = 3;
  view.refreshAll(undefined);
  const isRenewedAgain = ({ version }: StatusDocument) => version === '1.3';
  await until('all statuses to be renewed again', () => view.list(undefined).every(isRenewedAgain));
});

test('lists are in order, and readers share one array until a status changes', async (t) => {
  const { store, view } = viewOf(t, all.slice(0, 50).toReversed());
  await view.fill();
  const keys = (namespace?: string) => view.list(namespace).map((one) => `${one.namespace}/${one.name}`);
  assert.deepEqual(keys(), keys().toSorted());
  assert.deepEqual(
    keys('team-2'),
    keys().filter((key) => key.startsWith('team-2/')),
  );
  assert.deepEqual(keys('absent'), []);
  const before = view.list(undefined);
  const other = view.list('team-1');
  assert.equal(view.list(undefined), before);
  store.upsert(machineOf(2, '5'));
  assert.notEqual(view.list(undefined), before);
  assert.equal(
    before.find(({ uid }) => uid === 'uid-2')?.version,
    '1.1',
    'an array that was returned does not change',
  );
  assert.equal(view.list('team-1'), other, 'another namespace has not changed');
  store.remove(machineOf(2, '6'));
  store.upsert(machineOf(99, '7'));
  assert.deepEqual(keys(), keys().toSorted());
  assert.equal(keys().length, 50);
  assert.ok(!keys().includes('team-2/machine-00002'));
});

test('an error in one status does not keep the others from being renewed', async () => {
  const store = new Store<Machine>(fail);
  const errors: unknown[] = [];
  const renewed: string[] = [];
  const toDocument = ({ namespace, name, uid }: Machine) => {
    if (uid === 'uid-150') throw new Error('a bug');
    renewed.push(uid);
    return { namespace, name, uid, version: '1', phase: 'Running' } as unknown as MachineDocument;
  };
  const view = createStatusView([store], toDocument, (error) => errors.push(error));
  store.replace(all.slice(0, 300), '1');
  await view.fill();
  assert.equal(new Set(renewed).size, 299);
  assert.deepEqual(errors.map(String), ['Error: a bug']);
});
