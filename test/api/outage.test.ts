import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { startApi, startReadyApi } from '../support/api.ts';
import { connect, get } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const CRD = join(import.meta.dirname, '../../crd/devmachine-crd.yaml');

test('the API server stops during requests', async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const controlPlane = await startControlPlane({ stateDir });
  t.after(async () => {
    await controlPlane.stop();
    await rm(stateDir, { recursive: true });
  });
  const env = { KUBECONFIG: controlPlane.kubeconfig, CLUSTER_TIMEOUT_SECONDS: '2' };

  await t.test('before the CRD is installed, the error says so', async (t) => {
    const api = await startApi(t, env);
    const answer = await api.create('default', 'early');
    assert.equal(answer.status, 503);
    assert.match(answer.body.detail, /is the CRD installed\?/);
    assert.equal((await api.status('default', 'early')).body.type, 'urn:devmachine:problem:cache-not-synced');
    await applyCrd(controlPlane, CRD);
    await until('/readyz to answer 200', async () => (await api.call('GET', '/readyz')).status === 200);
    assert.equal((await api.create('default', 'early')).status, 201);
  });

  await t.test('paused: 504, and repeating the request finds the complete machine', async (t) => {
    const api = await startReadyApi(t, env);
    await controlPlane.apiserver.kill('SIGSTOP');
    const names = ['paused-0', 'paused-1', 'paused-2'];
    const answers = await Promise.all(names.map((name) => api.create('default', name)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [504, 504, 504],
    );
    assert.equal(answers[0]?.body.type, 'urn:devmachine:problem:cluster-timeout');
    assert.equal((await api.status('default', 'early')).status, 200);
    await controlPlane.apiserver.kill('SIGCONT');
    for (const name of names) await assertWhole(name);

    async function assertWhole(name: string) {
      const cluster = connect(t, controlPlane.kubeconfig);
      const repeated = await api.create('default', name);
      assert.ok([200, 201].includes(repeated.status), JSON.stringify(repeated.body));
      const stored = await get(cluster, machinePath({ namespace: 'default', name }));
      assert.deepEqual(stored.body.spec, repeated.body.spec);
    }
  });

  await t.test(
    'killed: 503, nothing is half-written, and everything works again after the restart',
    async (t) => {
      const api = await startReadyApi(t, env);
      const names = Array.from({ length: 200 }, (_, index) => `killed-${index}`);
      const answers = Promise.all(names.map((name) => api.create('default', name)));
      await until(
        'the eleventh machine',
        async () => (await api.status('default', 'killed-10')).status === 200,
      );
      await controlPlane.apiserver.kill('SIGKILL');
      const statuses = new Set((await answers).map(({ status }) => status));
      assert.ok(statuses.has(201) && statuses.has(503), `${[...statuses]}`);
      assert.ok(
        [...statuses].every((status) => [201, 503, 504].includes(status)),
        `${[...statuses]}`,
      );
      assert.equal((await api.status('default', 'killed-10')).status, 200);
      assert.equal((await api.call('GET', '/livez')).status, 200);

      await controlPlane.apiserver.start();
      await until(
        'a create to succeed',
        async () => (await api.create('default', 'back-again')).status === 201,
      );
      const cluster = connect(t, controlPlane.kubeconfig);
      for (const [index, name] of names.entries()) {
        const stored = await get(cluster, machinePath({ namespace: 'default', name }));
        const { status } = (await answers)[index] ?? assert.fail();
        if (status === 201) assert.equal(stored.status, 200, `${name} was answered 201 and is lost`);
        if (stored.status === 200) assert.equal(stored.body.spec.storage.size, EXAMPLE_SPEC.storage.size);
        assert.ok([200, 201].includes((await api.create('default', name)).status));
      }
      await get(cluster, machinePath({ namespace: 'default', name: 'killed-0' }));
      await cluster.request({
        method: 'DELETE',
        path: machinePath({ namespace: 'default', name: 'killed-0' }),
        signal: t.signal,
      });
      await until(
        'the machine to be gone',
        async () => (await api.status('default', 'killed-0')).status === 404,
      );
    },
  );
});
