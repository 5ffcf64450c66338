import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { applyCrd } from '../../dev/crd.ts';
import { type Operator, startOperator } from '../../dev/operator.ts';
import { mergePatch } from '../support/cluster.ts';
import {
  newMachine,
  type Stored,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';
import { JUPYTER, VSCODE } from './cases/case.ts';
import { OPERATOR } from './helm.ts';
import { unpackOlderChart } from './older-chart.ts';

/** A disk keeps the group of its files: another fsGroup would make private keys accessible to the group. */

const DISK = { storage: { size: '1Gi' } };
const GROUP = 'ide.example.com/fs-group';

let cluster: WorkloadCluster;
let operator: Operator | undefined;

before(async () => {
  cluster = await startWorkloadCluster();
  await applyCrd(cluster.controlPlane, new URL('../../crd/devmachine-crd.yaml', import.meta.url).pathname);
});

after(() => cluster?.stop());

async function operate(dir = OPERATOR): Promise<void> {
  await operator?.component.stop();
  operator = await startOperator(cluster.controlPlane, { dir });
}

async function startMachine(spec: object) {
  const { machine } = await newMachine(cluster);
  await machine.apply(spec);
  const { metadata } = await machine.running();
  await machine.settled();
  const group = async () => (await machine.disk()).metadata.annotations?.[GROUP];
  return {
    ...machine,
    uid: metadata.uid,
    group,
    /** Resolves with the securityContext of the first pod for which `isNext` holds. */
    next: (what: string, isNext: (pod: Stored) => boolean): Promise<Stored> =>
      waitFor(what, async () => {
        const pod = await machine.running();
        return isNext(pod) && pod.spec.securityContext;
      }),
  };
}

test('a disk keeps its group when the template changes', async () => {
  await operate();
  const machine = await startMachine({ ...VSCODE, ...DISK });
  assert.equal(await machine.group(), '1000');
  await machine.apply({ ...JUPYTER, ...DISK });
  const { runAsGroup, fsGroup } = await machine.next(
    'the other pod',
    ({ metadata }) => metadata.uid !== machine.uid,
  );
  assert.deepEqual([runAsGroup, fsGroup], [100, 1000]);
  assert.equal(await machine.group(), '1000');
});

test('a disk of an earlier version of the chart keeps its group', async (t) => {
  await operate(await unpackOlderChart(t));
  const running = await startMachine({ ...JUPYTER, ...DISK });
  const plain = await startMachine(JUPYTER);
  const kept = await startMachine({ ...JUPYTER, ...DISK });
  await waitFor('a bound disk', async () => (await kept.disk()).status.phase === 'Bound');
  await kept.delete();
  await kept.deleted();
  await operate();

  // The group is noted without a restart, and it is the group of another template, too.
  await waitFor('the group of the disk', async () => (await running.group()) === '100');
  assert.equal((await running.running()).metadata.uid, running.uid);
  await running.apply({ ...VSCODE, ...DISK });
  const changed = await running.next('another pod', ({ metadata }) => metadata.uid !== running.uid);
  assert.deepEqual([changed.runAsGroup, changed.fsGroup], [1000, 100]);
  assert.equal(await running.group(), '100');

  // A disk that is added to a machine is new, whatever group its pod had.
  await plain.apply({ ...JUPYTER, ...DISK });
  const added = await plain.next('another pod', ({ metadata }) => metadata.uid !== plain.uid);
  assert.equal(added.fsGroup, 1000);

  // Nothing says which group the kept disk has.
  await kept.apply({ ...JUPYTER, ...DISK });
  const unknown = await kept.next('a pod', () => true);
  assert.deepEqual([unknown.fsGroup, unknown.supplementalGroups], [undefined, [100, 1000]]);
  await kept.settled();
  const releases = await kept.releases();
  await kept.reconcile();
  assert.equal(await kept.group(), undefined);
  assert.deepEqual(await kept.releases(), releases);

  // An administrator who has found out notes it.
  const { metadata } = await kept.disk();
  const path = `/api/v1/namespaces/${metadata.namespace}/persistentvolumeclaims/${metadata.name}`;
  await mergePatch(cluster.connection, path, { metadata: { annotations: { [GROUP]: '1000' } } });
  await kept.apply({ ...JUPYTER, ...DISK, restartedAt: '2026-01-01T00:00:00Z' });
  const noted = await kept.next(
    'a pod with the group',
    ({ spec }) => spec.securityContext.fsGroup !== undefined,
  );
  assert.deepEqual([noted.fsGroup, noted.supplementalGroups], [1000, undefined]);
});
