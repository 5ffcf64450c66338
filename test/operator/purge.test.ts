import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Operator } from '../../dev/operator.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { type Api, startReadyApi } from '../support/api.ts';
import { kubectlCreate, outcome, purge, put } from '../support/machine-calls.ts';
import { limit } from '../support/refusals.ts';
import { until } from '../support/until.ts';
import {
  addOperator,
  MACHINE,
  newMachine,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';

/** A purge deletes the disk and the password, and only when the operator has released them. */

const { storage: _, ...DISKLESS } = EXAMPLE_SPEC;
const RELEASED = { ...EXAMPLE_SPEC, storage: { size: '1Gi', retention: 'Delete' } };
const KEPT = { ...EXAMPLE_SPEC, storage: { size: '1Gi' } };

let cluster: WorkloadCluster;
let operator: Operator;

before(async () => {
  cluster = await startWorkloadCluster();
  operator = await addOperator(cluster);
});

after(() => cluster?.stop());

/** Repeats the purge, as its answer asks to, until the operator has released the disk. */
const purgeAtLast = (api: Api, namespace: string): Promise<void> =>
  until(
    'the purge',
    async () => {
      const answer = await purge(api, namespace, MACHINE);
      assert.ok(answer.status === 202 || answer.status === 504, outcome(answer));
      return answer.status === 202;
    },
    { timeoutMs: 120_000 },
  );

async function setUp(t: TestContext, spec: object | undefined = KEPT, env: Record<string, string> = {}) {
  const { machine, namespace } = await newMachine(cluster);
  const api = await startReadyApi(t, { KUBECONFIG: cluster.controlPlane.kubeconfig, ...env });
  const deploy = async () => {
    assert.equal((await api.create(namespace, MACHINE, spec)).status, 201);
    await machine.running();
    await machine.settled();
  };
  await deploy();
  return {
    machine,
    namespace,
    api,
    deploy,
    /** Whether the disk and the access Secret exist. */
    kept: async () => [await machine.disk(), await machine.access()].map((object) => object !== undefined),
    purged: async () => {
      await machine.deleted();
      await waitFor(
        'the deletion of the disk and the password',
        async () => !(await machine.disk()) && !(await machine.access()),
      );
    },
  };
}

describe('a purge', { concurrency: 2 }, () => {
  test('deletes the disk and the password, which a delete keeps', async (t) => {
    const { namespace, api, machine, deploy, kept, purged } = await setUp(t);
    assert.equal((await api.delete(namespace, MACHINE)).status, 202);
    await machine.deleted();
    assert.deepEqual(await kept(), [true, true]);
    assert.equal(outcome(await purge(api, namespace, MACHINE)), '404 machine-not-found');
    await deploy();
    await purgeAtLast(api, namespace);
    await purged();
  });

  test('deletes a machine with retention Delete at once, and one without a disk', async (t) => {
    const { namespace, api, purged } = await setUp(t, RELEASED);
    await purgeAtLast(api, namespace);
    await purged();
    assert.equal((await api.create(namespace, 'diskless', DISKLESS)).status, 201);
    assert.equal((await purge(api, namespace, 'diskless')).status, 202);
  });

  test('deletes a machine that was created with kubectl', async (t) => {
    const { namespace, api, machine, purged } = await setUp(t);
    await api.delete(namespace, MACHINE);
    await machine.deleted();
    await kubectlCreate(cluster.connection, namespace, MACHINE, KEPT);
    await purgeAtLast(api, namespace);
    await purged();
  });

  test('deletes nothing while the release fails', async (t) => {
    const { namespace, api, machine, kept, purged } = await setUp(t, KEPT, { PURGE_TIMEOUT_SECONDS: '1' });
    const refusal = await limit(cluster, namespace, { services: '0' });
    await cluster.connection.request({
      method: 'DELETE',
      path: machine.paths.service,
      signal: AbortSignal.timeout(30_000),
    });
    await until('the failure in the answer', async () => {
      const failing = await purge(api, namespace, MACHINE);
      assert.equal(outcome(failing), '504 operator-timeout');
      return /^Nothing is deleted: .* It reports ReleaseFailed/.test(failing.body.detail);
    });
    assert.deepEqual(await kept(), [true, true]);
    assert.equal((await machine.stored()).metadata.deletionTimestamp, undefined);
    await refusal.lift();
    await purgeAtLast(api, namespace);
    await purged();
  });
});

describe('while the operator is down, a purge', () => {
  test('deletes nothing, and continues when it is repeated', async (t) => {
    const { namespace, api, kept, purged } = await setUp(t, KEPT, { PURGE_TIMEOUT_SECONDS: '1' });
    await operator.component.kill('SIGKILL');
    const refused = await purge(api, namespace, MACHINE);
    assert.equal(outcome(refused), '504 operator-timeout');
    assert.match(refused.body.detail, /^Nothing is deleted: .* within 1 s\. Repeat the request/);
    assert.equal(refused.headers['retry-after'], '5');
    assert.equal((await api.status(namespace, MACHINE)).body.spec.storage.retention, 'Delete');
    assert.deepEqual(await kept(), [true, true]);
    await operator.component.start();
    await purgeAtLast(api, namespace);
    await purged();
  });

  test('does not take an earlier release for the proof', async (t) => {
    const { namespace, api, machine, kept, purged } = await setUp(t, RELEASED, {
      PURGE_TIMEOUT_SECONDS: '1',
    });
    await operator.component.kill('SIGSTOP');
    // The Deployment has the digest of the spec with retention Delete; the operator is about to deploy another one.
    assert.equal((await put(api, namespace, MACHINE, KEPT)).status, 200);
    const refused = await purge(api, namespace, MACHINE);
    assert.equal(outcome(refused), '504 operator-timeout');
    assert.match(refused.body.detail, /storage\.retention is unchanged/);
    assert.equal((await machine.stored()).spec.storage.retention, 'Retain');
    assert.deepEqual(await kept(), [true, true]);
    await operator.component.kill('SIGCONT');
    await purgeAtLast(api, namespace);
    await purged();
  });

  test('of a machine that is being deleted succeeds if the disk goes with it, and conflicts if it stays', async (t) => {
    const { namespace, api, machine, deploy, kept } = await setUp(t);
    await operator.component.kill('SIGSTOP');
    assert.equal((await api.delete(namespace, MACHINE)).status, 202);
    const refused = await purge(api, namespace, MACHINE);
    assert.equal(outcome(refused), '409 being-deleted');
    assert.match(refused.body.detail, /its disk and its access Secret stay/);
    await operator.component.kill('SIGCONT');
    await machine.deleted();
    assert.deepEqual(await kept(), [true, true]);

    await deploy();
    await until('the disk to be released', async () => {
      assert.equal((await put(api, namespace, MACHINE, RELEASED)).status, 200);
      return (await machine.disk()).metadata.annotations['helm.sh/resource-policy'] === undefined;
    });
    await machine.settled();
    await operator.component.kill('SIGSTOP');
    assert.equal((await api.delete(namespace, MACHINE)).status, 202);
    assert.equal((await purge(api, namespace, MACHINE)).status, 202);
    await operator.component.kill('SIGCONT');
    await machine.deleted();
  });
});
