import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { NODE_NAME } from '../../dev/node/node.ts';
import { connect } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { SERVES } from './failures/failure.ts';
import { kubectl, nodeFolder } from './support/cluster.ts';
import { machineOf } from './support/machines.ts';
import { startRealNode } from './support/real-node.ts';
import { followReports, followsReport, hasCondition, type Step } from './support/reports.ts';

/** Faults of the node while a machine runs on it. They disturb every machine, so they have a cluster of their own. */

let stop: (() => Promise<void>) | undefined;

before(async () => {
  stop = await startRealNode(['busybox']);
});

after(() => stop?.());

/** The node lifecycle controller waits for a silent node for 50 s. */
const LONG = { timeoutMs: 120_000, intervalMs: 200 };

/** Starts a machine. What is reported from then on counts. */
async function runningMachine(t: TestContext) {
  const machine = await machineOf(t);
  const { api, namespace } = machine;
  const reports = await followReports(t, connect(t), api.url);
  await machine.create(SERVES);
  await machine.running();
  const pods = await machine.pods();
  assert.equal(pods.length, 1);
  const since = performance.now();
  return {
    ...machine,
    /** The only pod's name, in an array. */
    podsBefore: pods,
    follows: async (step: Step) => {
      const { row } = await followsReport(reports, namespace, step, since);
      t.diagnostic(row);
    },
    /** The statuses since then, without repetitions. */
    statuses: () =>
      reports
        .statuses(namespace)
        .filter(({ at }) => at >= since)
        .map(({ value }) => `${value.phase} ${value.reason}`)
        .filter((status, index, all) => status !== all[index - 1]),
  };
}

test('a kubelet that is killed, and starts again, leaves the machine Running', async (t) => {
  const machine = await runningMachine(t);
  const kubelet = findKubelet();
  const before = await heartbeat();
  process.kill(kubelet, 'SIGKILL');
  await until('the report of the next kubelet', async () => (await heartbeat()) > before, LONG);
  const works = () =>
    machine.exec('true').then(
      () => true,
      () => false,
    );
  await until('the kubelet to have taken over the machine', works, LONG);
  // The new kubelet may take the machine for not ready until it has probed it.
  const { restarts } = await machine.running();
  assert.equal(restarts, 0);
  assert.deepEqual(await machine.pods(), machine.podsBefore);
  const statuses = machine.statuses().join(', ');
  assert.doesNotMatch(statuses, /Failed|Evicted|Recreating|NodeLost/);
  t.diagnostic(statuses || 'Running all the time');
});

test('a node that stops reporting is lost, and the machine is Running again when the node is back', async (t) => {
  const machine = await runningMachine(t);
  const kubelet = findKubelet();
  process.kill(kubelet, 'SIGSTOP');
  t.after(() => process.kill(kubelet, 'SIGCONT'));
  await machine.follows({
    phase: 'Starting',
    reason: 'NodeLost',
    message: new RegExp(`node ${NODE_NAME}`),
    isReported: hasCondition('Ready', 'False'),
  });
  process.kill(kubelet, 'SIGCONT');
  await machine.running();
  assert.deepEqual(await machine.pods(), machine.podsBefore);
  const statuses = machine.statuses().join(', ');
  assert.doesNotMatch(statuses, /Failed|Evicted|Recreating/);
  t.diagnostic(statuses);
});

test('a taint evicts the machine, which starts again when the taint is gone', async (t) => {
  const machine = await runningMachine(t);
  const taint = (effect: string) => kubectl('taint', 'node', NODE_NAME, `maintenance${effect}`);
  await taint('=now:NoExecute');
  t.after(() => taint('-').catch(() => undefined));
  await machine.follows({
    phase: 'Starting',
    reason: 'Evicted',
    message: /NoExecute/,
    isReported: hasCondition('DisruptionTarget', 'True'),
  });
  // It is Evicted until the pod has ended.
  await until('Unschedulable', async () => (await machine.status()).reason === 'Unschedulable', LONG);
  await taint('-');
  await machine.running();
  assert.notDeepEqual(await machine.pods(), machine.podsBefore);
  t.diagnostic(machine.statuses().join(', '));
});

/** When the kubelet has last reported the state of the node. */
const heartbeat = (): Promise<string> =>
  kubectl('get', 'node', NODE_NAME, '-o=jsonpath={.status.conditions[?(@.type=="Ready")].lastHeartbeatTime}');

/** The process id of the kubelet. */
function findKubelet(): number {
  const argument = `--root-dir=${join(nodeFolder(), 'kubelet')}`;
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && argumentsOf(name).includes(argument));
  if (pid === undefined) throw new Error('there is no kubelet');
  return Number(pid);
}

/** Empty if there is no such process any more. */
function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
