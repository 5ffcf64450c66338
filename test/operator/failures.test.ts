import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Operator } from '../../dev/operator.ts';
import { createFailureLog } from '../../dev/operator-log.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { mergePatch } from '../support/cluster.ts';
import { limit } from '../support/refusals.ts';
import {
  addOperator,
  MACHINE,
  newMachine,
  type Stored,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';

/** How helm-operator reports a failed release, and how it recovers. */

const { ingressDomain: _, ...INSIDE } = EXAMPLE_SPEC;
const NO_INGRESSES = { 'count/ingresses.networking.k8s.io': '0' };

let cluster: WorkloadCluster;
let operator: Operator;

before(async () => {
  cluster = await startWorkloadCluster();
  operator = await addOperator(cluster);
});

after(() => cluster?.stop());

test('a failed install is reported, leaves only the disk, and is retried until it succeeds', async () => {
  const { machine, namespace } = await newMachine(cluster);
  const quota = await limit(cluster, namespace, NO_INGRESSES);
  await machine.apply(EXAMPLE_SPEC);
  const failed = await machine.condition('ReleaseFailed', 'True');
  assert.equal(failed.reason, 'InstallError');
  assert.match(failed.message, /^failed to install release: .*exceeded quota/s);
  await waitFor('the deletion of the Deployment', async () => !(await machine.deployment()));
  const disk = await machine.disk();
  await quota.lift();
  await machine.running();
  await machine.settled();
  assert.equal((await machine.disk()).metadata.uid, disk.metadata.uid);
});

test('a failed upgrade is reported while the pod keeps running, and reverting the change clears it', async () => {
  const { machine, namespace } = await newMachine(cluster);
  await machine.apply(INSIDE);
  const pod = await machine.running();
  // The operator reports the install after it; a change before that would leave it unreported.
  await machine.condition('Deployed', 'True');
  const [disk, access] = [await machine.disk(), await machine.access()];
  const quota = await limit(cluster, namespace, NO_INGRESSES);
  await machine.apply(EXAMPLE_SPEC);
  const failed = await machine.condition('ReleaseFailed', 'True');
  assert.equal(failed.reason, 'UpgradeError');
  assert.equal(failed.message, 'upgrade failed; rollback required');
  assert.ok(await machine.condition('Deployed', 'True'));
  assert.equal((await machine.pods())[0].metadata.uid, pod.metadata.uid);
  // Only the operator's log says why. The operator writes it after the status.
  await waitFor('the failure in the log', async () =>
    (await failuresInLog()).includes(`[operator] ${namespace}/${MACHINE}: upgrade failed; rollback required`),
  );
  const failures = (await failuresInLog()).join('\n');
  assert.match(failures, /^\[operator\] release upgrade failed; .*ingresses.* exceeded quota/m);
  await machine.apply(INSIDE);
  await machine.settled();
  await quota.lift();
  await machine.apply(EXAMPLE_SPEC);
  await waitFor('the Ingress', () => machine.ingress());
  await machine.settled();
  await machine.running();
  assert.equal((await machine.disk()).metadata.uid, disk.metadata.uid);
  assert.deepEqual((await machine.access()).data, access.data);
});

test('an install fails while the role lacks a verb, and succeeds once it has it', async () => {
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/devmachine-manager-role';
  const { rules } = await cluster.read(path);
  const setRules = (rest: Stored[]) => mergePatch(cluster.connection, path, { rules: rest });
  const without = (resource: string, verb: string) =>
    rules.map((rule: Stored) =>
      rule.resources.includes(resource)
        ? { ...rule, verbs: rule.verbs.filter((each: string) => each !== verb) }
        : rule,
    );
  for (const resource of ['ingresses', 'deployments']) {
    const { machine } = await newMachine(cluster);
    await setRules(without(resource, 'create'));
    await machine.apply(EXAMPLE_SPEC);
    const { message } = await machine.condition('ReleaseFailed', 'True');
    assert.match(message, new RegExp(`${operator.user}.*cannot create resource`, 's'));
    await setRules(rules);
    await machine.running();
    await machine.settled();
  }
});

/** The failures in the operator's log, as `npm run dev` prints them. */
async function failuresInLog(): Promise<string[]> {
  const lines: string[] = [];
  const write = createFailureLog((line) => lines.push(line));
  write(await readFile(operator.component.logFile, 'utf8'));
  return lines;
}
